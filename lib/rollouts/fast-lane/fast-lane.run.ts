import type { Arrival, OpenWindowJudgement } from '#lib/analyzer/index.ts';
import { arrivedSince, judgeOpenWindows } from '#lib/analyzer/server.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { openIncident } from '#lib/incidents/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { decide } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.schema.ts';
import { loadDecisionFacts } from '../decision/facts.store.ts';
import { type DemandOutcome, demandRollback } from '../rollback/demand-rollback.store.ts';
import { insertFastLaneDecision, lastDeclineOf } from './fast-lane-decision.store.ts';
import { type FastLaneDemand, fastLaneDemand } from './fast-lane-demand.ts';

/** Clocks of app and database may differ by this much; what is looked at twice changes nothing. */
const CLOCK_TOLERANCE_MS = 60_000;

export type FastLaneOutcome = { rolloutId: string; cause: string; outcome: DemandOutcome['outcome'] };
export type FastLaneReport = { looked: string[]; demands: FastLaneOutcome[] };

/**
 * Acts on telemetry that was counted since `since`, without waiting for its window to close (TEL-8): a proven breach of an
 * open window, or an event that is itself a violation, starts the decision about a step back at once. Safe to repeat:
 * what is asked again joins the request that is open. Errors: the policy's, the database's.
 */
export async function runFastLane(command: { since: Date; now: Date }): Promise<FastLaneReport> {
  const { since, now } = command;
  const loaded = await loadPolicy();
  const { cycle, fastLane } = loaded.policy;
  const windowMs = cycle.windowSeconds * 1000;
  const openWindowStart = new Date(Math.floor(now.getTime() / windowMs) * windowMs);
  const arrivals = await arrivedSince({
    countedSince: new Date(since.getTime() - CLOCK_TOLERANCE_MS),
    openWindowStart,
    windowSeconds: cycle.windowSeconds,
    from: new Date(openWindowStart.getTime() - cycle.latenessSeconds * 1000),
    events: fastLane.violationEvents,
  });
  const judged = await judgeOpenWindows(
    arrivals.filter(({ openWindow }) => openWindow).map(({ rolloutId }) => rolloutId),
    now,
  );
  const demands: FastLaneOutcome[] = [];
  for (const arrival of arrivals) {
    const found = judged.find(({ rolloutId }) => rolloutId === arrival.rolloutId) ?? null;
    const outcome = await actOn(loaded, arrival, found, now);
    if (outcome) demands.push(outcome);
  }
  return { looked: arrivals.map(({ rolloutId }) => rolloutId), demands };
}

async function actOn(
  loaded: LoadedPolicy,
  arrival: Arrival,
  judged: OpenWindowJudgement | null,
  now: Date,
): Promise<FastLaneOutcome | null> {
  const { rolloutId } = arrival;
  if (arrival.events.length === 0 && !judged?.rollbackRequired) return null;
  const facts = await loadDecisionFacts(database(), loaded, rolloutId, now);
  if (!facts) return null;
  const { rollout, phase, policy } = facts;
  const declinedAt = await lastDeclineOf(rollout);
  const asked = fastLaneDemand({ policy, rollout, arrival, judged, declinedAt });
  if (!asked) return null;
  const { demand, evidence } = asked;
  const outcome = await inTransaction(async (tx) => {
    // First: it takes part in the kill switch's lock, so that a press is heard here or after this has ended.
    const demanded = await demandRollback(tx, { loaded, rollout, phase, demand, evidence, now });
    if (demanded.outcome === 'joined' || demanded.outcome === 'answered' || demanded.outcome === 'moved_on')
      return demanded;
    await recordPolicyVersion(tx, loaded, 'fast lane');
    await insertFastLaneDecision(tx, decisionOf(decide(facts), asked));
    if (demanded.outcome !== 'recorded')
      await openIncident(tx, {
        rolloutId,
        phase: phase.id,
        cause: 'slo_violation',
        severity: 'major',
        details: { cause: demand.cause, metrics: demand.metrics, window: demand.windowStart },
        actor: SYSTEM_ACTOR,
        at: now,
      });
    return demanded;
  });
  return { rolloutId, cause: demand.cause, outcome: outcome.outcome };
}

/** The decision of this moment with what asks for the step back; a pressed kill switch still comes before it. */
function decisionOf(decision: Decision, { demand }: FastLaneDemand): Decision {
  return {
    ...decision,
    decision: decision.decision === 'halt' ? 'halt' : 'roll_back',
    rollback: demand,
  };
}
