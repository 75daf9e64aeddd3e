import type { DecisionNote, NoteDifference } from './decision-note.schema.ts';

/** What the records say now: where the rollout stands, its newest verdict, and what is on record of the note's window. */
export type NoteRecords = {
  phase: string;
  version: number;
  /** The newest verdict of this stay; null before the first. */
  newest: { rollbackRequired: boolean; rollbackTo: string | null } | null;
  /** The latest revision of the verdict that the note was made of; null: none is kept. */
  ofWindow: { verdict: string; rates: ReadonlyMap<string, number | null> } | null;
};

/**
 * What the decision note says otherwise than the records (DASH-3), in the order of reading; empty when they agree. A note of
 * another stay in the phase says nothing about this one, so nothing else is compared with it. Pure.
 */
export function compareNote(note: DecisionNote | null, records: NoteRecords): NoteDifference[] {
  if (!note) return [difference('note', null, records.phase)];
  const moved = [
    ...unlessEqual('phase', note.phase, records.phase),
    ...unlessEqual('version', note.version, records.version),
  ];
  if (moved.length > 0) return moved;
  const { newest, ofWindow } = records;
  return [
    ...unlessEqual('rollback_required', note.rollbackRequired, newest?.rollbackRequired ?? false),
    ...(note.rollbackRequired && newest?.rollbackRequired
      ? unlessEqual('rollback_to', note.rollbackTo, newest.rollbackTo)
      : []),
    ...windowDiffers(note, newest !== null, ofWindow),
  ];
}

function windowDiffers(
  note: DecisionNote,
  anyVerdict: boolean,
  ofWindow: NoteRecords['ofWindow'],
): NoteDifference[] {
  if (note.verdict === null || !ofWindow)
    return note.verdict === null && !anyVerdict
      ? []
      : [difference('window', note.verdict === null ? null : note.windowStart, ofWindow?.verdict ?? null)];
  return [
    ...unlessEqual('verdict', note.verdict, ofWindow.verdict),
    ...note.rates.flatMap(({ metric, value }) =>
      unlessEqual('rate', value, ofWindow.rates.get(metric) ?? null, metric),
    ),
  ];
}

function unlessEqual(
  item: NoteDifference['item'],
  noted: NoteDifference['noted'],
  recorded: NoteDifference['recorded'],
  metric: string | null = null,
): NoteDifference[] {
  return noted === recorded ? [] : [difference(item, noted, recorded, metric)];
}

function difference(
  item: NoteDifference['item'],
  noted: NoteDifference['noted'],
  recorded: NoteDifference['recorded'],
  metric: string | null = null,
): NoteDifference {
  return { item, metric, noted, recorded };
}
