import { expect, it } from 'vitest';
import { compareNote, type NoteRecords } from './compare-note.ts';
import type { DecisionNote } from './decision-note.schema.ts';

const NOTE: DecisionNote = {
  decision: 'hold',
  phase: 'B-0',
  version: 4,
  rollbackRequired: false,
  rollbackTo: null,
  windowStart: '2026-11-21T08:45:00.000Z',
  verdict: 'pass',
  rates: [
    { metric: 'merge_auto_success_rate', value: 0.91 },
    { metric: 'merge_conflict_rate', value: null },
  ],
  notedAt: '2026-11-21T09:00:10.000Z',
};
const RECORDS: NoteRecords = {
  phase: 'B-0',
  version: 4,
  newest: { rollbackRequired: false, rollbackTo: null },
  ofWindow: {
    verdict: 'pass',
    rates: new Map([
      ['merge_auto_success_rate', 0.91],
      ['merge_conflict_rate', null],
    ]),
  },
};
const items = (note: DecisionNote | null, records: NoteRecords) =>
  compareNote(note, records).map(({ item, metric }) => metric ?? item);

it('agrees where phase, version, verdict, step back and rates are the same [DASH-3]', () => {
  expect(compareNote(NOTE, RECORDS)).toEqual([]);
  // Before the first verdict there is nothing to note.
  expect(
    compareNote(
      { ...NOTE, windowStart: null, verdict: null, rates: [] },
      { ...RECORDS, newest: null, ofWindow: null },
    ),
  ).toEqual([]);
});

it('names each thing that the note and the records say differently, with both [DASH-3]', () => {
  expect(items(null, RECORDS)).toEqual(['note']);
  expect(items({ ...NOTE, phase: 'A-2' }, RECORDS)).toEqual(['phase']);
  expect(items({ ...NOTE, version: 3 }, RECORDS)).toEqual(['version']);
  expect(items({ ...NOTE, verdict: 'warn' }, RECORDS)).toEqual(['verdict']);
  expect(items(NOTE, { ...RECORDS, newest: { rollbackRequired: true, rollbackTo: 'A-2' } })).toEqual([
    'rollback_required',
  ]);
  const required = { ...NOTE, rollbackRequired: true, rollbackTo: 'A-1' };
  expect(items(required, RECORDS)).toEqual(['rollback_required']);
  expect(
    compareNote(required, { ...RECORDS, newest: { rollbackRequired: true, rollbackTo: 'A-2' } }),
  ).toEqual([{ item: 'rollback_to', metric: null, noted: 'A-1', recorded: 'A-2' }]);
  const rates = new Map([
    ['merge_auto_success_rate', 0.79],
    ['merge_conflict_rate', null],
  ]);
  expect(compareNote(NOTE, { ...RECORDS, ofWindow: { verdict: 'pass', rates } })).toEqual([
    { item: 'rate', metric: 'merge_auto_success_rate', noted: 0.91, recorded: 0.79 },
  ]);
});

it('does not agree where either the note or the records lack the window [DASH-3]', () => {
  expect(items(NOTE, { ...RECORDS, ofWindow: null })).toEqual(['window']);
  expect(items({ ...NOTE, verdict: null, rates: [] }, RECORDS)).toEqual(['window']);
  expect(
    items({ ...NOTE, windowStart: null, verdict: null, rates: [] }, { ...RECORDS, ofWindow: null }),
  ).toEqual(['window']);
});
