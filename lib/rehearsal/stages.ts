import type { Policy } from '#lib/policy/index.ts';
import type { Stage } from './rehearsal.schema.ts';

const plus = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000);

/**
 * The deadlines a breach runs against, and when each was reached as it was played (COL-4, ROL-3, INC-1). What only people
 * reach has no time of its own. Pure.
 */
export function stagesOf(played: {
  policy: Policy;
  windowEnd: Date;
  collectedAt: Date;
  judgedAt: Date;
  toldAt: Date;
  /** By when a required rollback executes; null: none is required, or only a person can. */
  rollbackDueAt: Date | null;
  incidentOpened: boolean;
}): Stage[] {
  const { policy, windowEnd, rollbackDueAt, judgedAt } = played;
  const { slotSeconds } = policy.cycle;
  const stage = (name: Stage['stage'], dueAt: Date, at: Date | null): Stage => ({
    stage: name,
    dueAt: dueAt.toISOString(),
    at: at?.toISOString() ?? null,
    late: at !== null && at > dueAt,
  });
  const opened = policy.incidents;
  return [
    stage('collect', plus(windowEnd, slotSeconds.collect), played.collectedAt),
    stage('analyze', plus(windowEnd, slotSeconds.analyze), judgedAt),
    stage('report', plus(windowEnd, slotSeconds.report), played.toldAt),
    ...(rollbackDueAt ? [stage('rollback', rollbackDueAt, rollbackDueAt > judgedAt ? null : judgedAt)] : []),
    ...(played.incidentOpened
      ? [
          stage('received', plus(judgedAt, opened.receivedWithinSeconds), played.toldAt),
          stage('escalation', plus(judgedAt, opened.decidedWithinSeconds), null),
          stage('rolled_back', plus(judgedAt, opened.rolledBackWithinSeconds), null),
          stage('rca', plus(judgedAt, opened.rcaDraftWithinSeconds), null),
        ]
      : []),
  ];
}
