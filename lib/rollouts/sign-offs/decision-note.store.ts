import { MetricVerdictSchema } from '#lib/analyzer/index.ts';
import { type Database, database, type Transaction } from '#lib/database/server.ts';
import { DecisionSchema } from '../decision/decision.schema.ts';
import type { Rollout } from '../rollout.schema.ts';
import { compareNote, type NoteRecords } from './compare-note.ts';
import type { DecisionNote, NoteCheck } from './decision-note.schema.ts';

type Reader = Transaction | Database;
type Stay = Pick<Rollout, 'id' | 'phase' | 'version' | 'phaseEnteredAt'>;

/**
 * The decision note of a rollout beside what the records say now (DASH-3): the newest decision that was put on record, with
 * what its verdict then said of `metrics`, against the newest verdict and the readings that the panels draw of the same window.
 * Errors: the database's.
 */
export async function checkDecisionNote(
  stay: Stay,
  metrics: readonly string[],
  reader: Reader = database(),
): Promise<NoteCheck> {
  const note = await newestNote(reader, stay, metrics);
  return { note, differs: compareNote(note, await recordsBeside(reader, stay, note)) };
}

async function newestNote(
  reader: Reader,
  stay: Stay,
  metrics: readonly string[],
): Promise<DecisionNote | null> {
  const row = await reader.rolloutDecision.findFirst({
    where: { rolloutId: stay.id },
    orderBy: { decidedAt: 'desc' },
  });
  // One that a release with another form has written is no note that could be compared.
  const decision = DecisionSchema.safeParse(row?.body).data;
  if (!row || !decision) return null;
  const judged =
    row.verdictId === null ? null : await reader.verdict.findUnique({ where: { id: row.verdictId } });
  const { rollback } = decision;
  const required = rollback !== null && rollback.cause !== 'slo_unmet';
  const said = MetricVerdictSchema.array().parse(judged?.metrics ?? []);
  return {
    decision: decision.decision,
    phase: row.phase,
    version: row.rolloutVersion,
    rollbackRequired: required,
    rollbackTo: required ? rollback.toPhase : null,
    windowStart: row.windowStart?.toISOString() ?? null,
    verdict: judged?.verdict ?? null,
    rates: said
      .filter(({ metric }) => metrics.includes(metric))
      .map(({ metric, value }) => ({ metric, value })),
    notedAt: row.decidedAt.toISOString(),
  };
}

async function recordsBeside(reader: Reader, stay: Stay, note: DecisionNote | null): Promise<NoteRecords> {
  const of = { rolloutId: stay.id, phase: stay.phase, isLatest: true };
  const newest = await reader.verdict.findFirst({
    where: { ...of, windowEnd: { gt: new Date(stay.phaseEnteredAt) } },
    orderBy: { windowStart: 'desc' },
    select: { rollbackRequired: true, rollbackTo: true },
  });
  const { phase, version } = stay;
  if (!note || note.windowStart === null) return { phase, version, newest, ofWindow: null };
  const windowStart = new Date(note.windowStart);
  const ofWindow = await reader.verdict.findFirst({
    where: { ...of, windowStart },
    select: { verdict: true, readings: { select: { metric: true, value: true } } },
  });
  return {
    phase,
    version,
    newest,
    ofWindow: ofWindow && {
      verdict: ofWindow.verdict,
      rates: new Map(ofWindow.readings.map(({ metric, value }) => [metric, value])),
    },
  };
}
