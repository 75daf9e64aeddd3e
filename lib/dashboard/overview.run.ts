import { VerdictKindSchema } from '#lib/analyzer/index.ts';
import { pausedForLong } from '#lib/collector/server.ts';
import { database } from '#lib/database/server.ts';
import { IncidentSeveritySchema, rollbackActive } from '#lib/incidents/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy, policyProblem } from '#lib/policy/server.ts';
import { incidentKey } from '#lib/reporter/index.ts';
import type { Decision, Rollout } from '#lib/rollouts/index.ts';
import { type DecisionFacts, decide, listRollouts, loadDecisionFacts } from '#lib/rollouts/server.ts';
import { pagingBudget } from '#lib/slo/index.ts';
import { readBudgets } from '#lib/slo/server.ts';
import { headlineOf, type VerdictGlance } from './headline.ts';
import type { Overview, RolloutSummary } from './rollout-view.schema.ts';
import type { Sources } from './sight.schema.ts';
import { dueEndAt, nextEvaluationOf, sightOf } from './sight.ts';
import { nextDeadline, policyNames, worstIncident } from './summary.ts';
import type { Text } from './text.schema.ts';

// The newest event is in one of the newest batches; more would only be read to find the same.
const RECENT_BATCHES = 100;
// A day: how far back the sentence looks for since when the verdict holds.
const HEADLINE_WINDOWS = 96;

/** The facts of a decision about a rollout, as `loadDecisionFacts` reads them for one moment. */
export type Look = (rolloutId: string) => Promise<DecisionFacts | null>;

/**
 * The overview page: every rollout, and whether Phasegate can see. `look`: of somebody who has looked at the rollouts already.
 * Errors: PolicyError, the database's.
 */
export async function readOverview(now: Date, look?: Look): Promise<Overview> {
  const [loaded, policyProblems, rollouts, lastDataAt, sources, quarantineOpenCount] = await Promise.all([
    loadPolicy(),
    policyProblem(),
    listRollouts(),
    readLastDataAt(now),
    readSources(),
    database().telemetryQuarantine.count({ where: { state: 'open' } }),
  ]);
  const { policy } = loaded;
  const read = await Promise.all(
    rollouts.map(async ({ id }) => {
      const facts = await (look?.(id) ?? loadDecisionFacts(database(), loaded, id, now));
      return facts && readRolloutSummary(facts, decide(facts), lastDataAt);
    }),
  );
  const summaries = read.filter((summary) => summary !== null);
  const ends = summaries.flatMap(({ sight }) => (sight.lastWindowEnd === null ? [] : [sight.lastWindowEnd]));
  const newestEnd = ends.sort().at(-1);
  return {
    now: now.toISOString(),
    sight: sightOf({
      lastDataAt,
      lastWindowEnd: newestEnd === undefined ? null : new Date(newestEnd),
      staleAfterSeconds: policy.cycle.staleAfterSeconds,
      now,
      pausedForLong: await pausedForLong(now),
      dueEnd: dueEndAt(now, policy.cycle.windowSeconds, policy.cycle.slotSeconds.analyze),
    }),
    sources,
    quarantineOpenCount,
    // The order of the policy is the order people know.
    rollouts: Object.keys(policy.rollouts).flatMap((id) => summaries.filter((summary) => summary.id === id)),
    names: policyNames(policy),
    telemetrySources: policy.telemetry.sources,
    policyProblems,
  };
}

/** What telemetry is read from, and what of it cannot be read (COL-5). */
async function readSources(): Promise<Sources> {
  const rows = await database().telemetrySource.findMany({
    where: { kind: { in: ['file', 'http'] }, state: 'active' },
    orderBy: [{ failingSince: 'asc' }, { name: 'asc' }],
    select: { name: true, lastError: true, failingSince: true },
  });
  return {
    knownCount: rows.length,
    failing: rows.flatMap(({ name, lastError, failingSince }) =>
      lastError !== null && failingSince ? [{ name, since: failingSince.toISOString() }] : [],
    ),
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

/** Where one rollout stands, and what was decided of it. Errors: the database's; a ZodError for a stored verdict that is none. */
export async function readRolloutSummary(
  facts: DecisionFacts,
  decision: Decision,
  lastDataAt: Date | null,
): Promise<RolloutSummary> {
  const { policy, rollout, phase, now } = facts;
  const { windowSeconds, slotSeconds, staleAfterSeconds } = policy.cycle;
  const phaseEnteredAt = new Date(rollout.phaseEnteredAt);
  const [verdicts, newestOfAnyPhase, rollback, active, budgets] = await Promise.all([
    readGlances(rollout, phaseEnteredAt, HEADLINE_WINDOWS),
    database().verdict.findFirst({
      where: { rolloutId: rollout.id, isLatest: true },
      orderBy: { windowStart: 'desc' },
      select: { windowEnd: true },
    }),
    database().rollbackRequest.findFirst({
      where: { rolloutId: rollout.id, state: 'open' },
      select: { dueAt: true, openedAt: true, toPhase: true },
    }),
    readRollbackActive(rollout.id, windowSeconds, now),
    readBudgets(rollout.id, now),
  ]);
  const lastWindowEnd = newestOfAnyPhase?.windowEnd ?? null;
  const sight = sightOf({
    lastDataAt,
    lastWindowEnd,
    staleAfterSeconds,
    now,
    pausedForLong: await pausedForLong(now),
    dueEnd: dueEndAt(now, windowSeconds, slotSeconds.analyze),
  });
  return {
    id: rollout.id,
    label: policy.rollouts[rollout.id]?.label ?? { ja: rollout.id, en: rollout.id },
    phase: phase.id,
    phaseLabel: phase.label,
    phaseEnteredAt: rollout.phaseEnteredAt,
    state: rollout.state,
    resumeState: rollout.resumeState,
    stateEnteredAt: rollout.stateEnteredAt,
    headline: headlineOf({
      verdicts,
      metrics: facts.metrics,
      sight,
      labels: metricLabels(policy),
      request: rollback,
    }),
    decision,
    deadline: nextDeadline(facts, rollback?.dueAt ?? null),
    incident: worstIncident(facts),
    rollbackActive: active,
    burning: pagingBudget(budgets ?? [], phase.id),
    nextEvaluation: nextEvaluationOf({
      lastWindowEnd,
      windowSeconds,
      analyzeSlotSeconds: slotSeconds.analyze,
      now,
    }),
    sight,
  };
}

async function readRollbackActive(
  rolloutId: string,
  cycleSeconds: number,
  now: Date,
): Promise<RolloutSummary['rollbackActive']> {
  const rows = await database().incident.findMany({
    where: {
      rolloutId,
      OR: [{ closedAt: null }, { closedAt: { gt: new Date(now.getTime() - cycleSeconds * 1000) } }],
    },
    orderBy: { number: 'desc' },
    select: { id: true, number: true, severity: true, openedAt: true, closedAt: true },
  });
  return rows
    .filter((row) => rollbackActive([row], cycleSeconds, now))
    .map(({ id, number, severity, openedAt, closedAt }) => ({
      id,
      key: incidentKey(number),
      severity: IncidentSeveritySchema.parse(severity),
      openedAt: openedAt.toISOString(),
      closedAt: closedAt?.toISOString() ?? null,
    }));
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
