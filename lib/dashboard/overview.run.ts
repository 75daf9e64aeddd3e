import { MetricVerdictSchema, VerdictKindSchema } from '#lib/analyzer/index.ts';
import { database } from '#lib/database/server.ts';
import { findPhase, type Phase, type Policy } from '#lib/policy/index.ts';
import { loadPolicy, policyProblem } from '#lib/policy/server.ts';
import type { Rollout } from '#lib/rollouts/index.ts';
import { listRollouts } from '#lib/rollouts/server.ts';
import { gateProgressOf, windowsForGates } from './gate-progress.ts';
import { headlineOf, type VerdictGlance } from './headline.ts';
import type { Overview, RolloutSummary } from './rollout-view.schema.ts';
import { nextEvaluationOf, sightOf } from './sight.ts';
import type { Text } from './text.schema.ts';

// The newest event is in one of the newest batches; more would only be read to find the same.
const RECENT_BATCHES = 100;
const SHORTEST_HISTORY_WINDOWS = 96;

/** The overview page: every rollout, and whether Phasegate can see. Errors: PolicyError, the database's. */
export async function readOverview(now: Date): Promise<Overview> {
  const [{ policy }, policyProblems, rollouts, lastDataAt, quarantineOpenCount] = await Promise.all([
    loadPolicy(),
    policyProblem(),
    listRollouts(),
    readLastDataAt(now),
    database().telemetryQuarantine.count({ where: { state: 'open' } }),
  ]);
  const summaries = await Promise.all(
    rollouts.flatMap((rollout) => {
      const phase = findPhase(policy, rollout.id, rollout.phase);
      return phase ? [readRolloutSummary({ policy, rollout, phase, lastDataAt, now })] : [];
    }),
  );
  const ends = summaries.flatMap(({ sight }) => (sight.lastWindowEnd === null ? [] : [sight.lastWindowEnd]));
  const newestEnd = ends.sort().at(-1);
  return {
    now: now.toISOString(),
    sight: sightOf({
      lastDataAt,
      lastWindowEnd: newestEnd === undefined ? null : new Date(newestEnd),
      staleAfterSeconds: policy.cycle.staleAfterSeconds,
      now,
    }),
    quarantineOpenCount,
    // The order of the policy is the order people know.
    rollouts: Object.keys(policy.rollouts).flatMap((id) => summaries.filter((summary) => summary.id === id)),
    telemetrySources: policy.telemetry.sources,
    policyProblems,
  };
}

/** When the newest counted event happened, never later than `now`; null before the first one. */
export async function readLastDataAt(now: Date): Promise<Date | null> {
  const batches = await database().telemetryBatch.findMany({
    where: { state: 'counted' },
    orderBy: { receivedAt: 'desc' },
    take: RECENT_BATCHES,
    select: { maxTs: true },
  });
  const newest = batches.reduce((most, { maxTs }) => Math.max(most, maxTs?.getTime() ?? 0), 0);
  return newest === 0 ? null : new Date(Math.min(newest, now.getTime()));
}

/** Where one rollout stands. Errors: the database's; a ZodError when a stored verdict is not one. */
export async function readRolloutSummary(input: {
  policy: Policy;
  rollout: Rollout;
  phase: Phase;
  lastDataAt: Date | null;
  now: Date;
}): Promise<RolloutSummary> {
  const { policy, rollout, phase, lastDataAt, now } = input;
  const { windowSeconds, slotSeconds, staleAfterSeconds } = policy.cycle;
  const phaseEnteredAt = new Date(rollout.phaseEnteredAt);
  const take = Math.max(SHORTEST_HISTORY_WINDOWS, windowsForGates(phase.gates, windowSeconds) * 2);
  const [verdicts, newestMetrics, newestOfAnyPhase] = await Promise.all([
    readGlances(rollout, phaseEnteredAt, take),
    database().verdict.findFirst({
      where: {
        rolloutId: rollout.id,
        phase: rollout.phase,
        isLatest: true,
        windowEnd: { gt: phaseEnteredAt },
      },
      orderBy: { windowStart: 'desc' },
      select: { metrics: true },
    }),
    database().verdict.findFirst({
      where: { rolloutId: rollout.id, isLatest: true },
      orderBy: { windowStart: 'desc' },
      select: { windowEnd: true },
    }),
  ]);
  const lastWindowEnd = newestOfAnyPhase?.windowEnd ?? null;
  const sight = sightOf({ lastDataAt, lastWindowEnd, staleAfterSeconds, now });
  return {
    id: rollout.id,
    label: policy.rollouts[rollout.id]?.label ?? { ja: rollout.id, en: rollout.id },
    phase: phase.id,
    phaseLabel: phase.label,
    phaseEnteredAt: rollout.phaseEnteredAt,
    headline: headlineOf({
      verdicts,
      metrics: newestMetrics ? MetricVerdictSchema.array().parse(newestMetrics.metrics) : [],
      sight,
      labels: metricLabels(policy),
    }),
    gates: gateProgressOf({ gates: phase.gates, verdicts, phaseEnteredAt, windowSeconds }),
    nextEvaluation: nextEvaluationOf({
      lastWindowEnd,
      windowSeconds,
      analyzeSlotSeconds: slotSeconds.analyze,
      now,
    }),
    sight,
  };
}

async function readGlances(rollout: Rollout, phaseEnteredAt: Date, take: number): Promise<VerdictGlance[]> {
  const rows = await database().verdict.findMany({
    // A window that was open when the phase began belongs to it in part; its verdict is the phase's first.
    where: { rolloutId: rollout.id, phase: rollout.phase, isLatest: true, windowEnd: { gt: phaseEnteredAt } },
    orderBy: { windowStart: 'desc' },
    take,
    select: {
      windowStart: true,
      windowEnd: true,
      verdict: true,
      sloMet: true,
      rollbackRequired: true,
      rollbackTo: true,
    },
  });
  return rows.map((row) => ({ ...row, verdict: VerdictKindSchema.parse(row.verdict) }));
}

/** Every metric's name in both languages. */
export function metricLabels(policy: Policy): Record<string, Text> {
  return Object.fromEntries(Object.entries(policy.metrics).map(([id, metric]) => [id, metric.label]));
}
