import type { Arrival, OpenWindowJudgement } from '#lib/analyzer/index.ts';
import { arrivedSince, judgeOpenWindows } from '#lib/analyzer/server.ts';
import { database, inTransaction, type Transaction } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { openIncident } from '#lib/incidents/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { decide } from '../decision/decide.ts';
import type { Decision, RollbackDemand } from '../decision/decision.schema.ts';
import { loadDecisionFacts } from '../decision/facts.store.ts';
import type { DecisionFacts } from '../gates/gate-facts.ts';
import { type DemandOutcome, demandRollback } from '../rollback/demand-rollback.store.ts';
import type { RequiredRollback } from '../rollback/required-rollback.schema.ts';
import { tellOfRequest } from '../tell/tell.store.ts';
import { answersAboutRollback, insertFastLaneDecision } from './fast-lane-decision.store.ts';
import { type FastLaneDemand, fastLaneDemand } from './fast-lane-demand.ts';

/** Clocks of app and database may differ by this much; what is looked at twice changes nothing. */
const CLOCK_TOLERANCE_MS = 60_000;

export type FastLaneOutcome = { rolloutId: string; cause: string; outcome: DemandOutcome['outcome'] };
export type FastLaneReport = { looked: string[]; demands: FastLaneOutcome[] };

type Span = { since: Date; now: Date };
type Found = FastLaneDemand & { facts: DecisionFacts };

/**
 * Whether telemetry that was counted since `since` asks for a decision that nobody has been asked for yet: the cheap look
 * before the fast lane is called, so that a healthy feature costs no run. Errors: the policy's, the database's.
 */
export async function fastLaneWanted(span: Span): Promise<boolean> {
  const { demands } = await findDemands(await loadPolicy(), span);
  return demands.some(({ facts }) => !facts.rollbackPending);
}

/**
 * Acts on telemetry that was counted since `since`, without waiting for its window to close (TEL-8): a proven breach of an
 * open window, or an event that is itself a violation, starts the decision about a step back at once. Safe to repeat:
 * what is asked again joins the request that is open. Errors: the policy's, the database's.
 */
export async function runFastLane(span: Span): Promise<FastLaneReport> {
  const loaded = await loadPolicy();
  const { looked, demands } = await findDemands(loaded, span);
  const outcomes: FastLaneOutcome[] = [];
  for (const found of demands) outcomes.push(await actOn(loaded, found, span.now));
  return { looked, demands: outcomes };
}

async function findDemands(
  loaded: LoadedPolicy,
  { since, now }: Span,
): Promise<{ looked: string[]; demands: Found[] }> {
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
  const demands: Found[] = [];
  for (const arrival of arrivals) {
    const found = judged.find(({ rolloutId }) => rolloutId === arrival.rolloutId) ?? null;
    const demand = await demandOf(loaded, arrival, found, now);
    if (demand) demands.push(demand);
  }
  return { looked: arrivals.map(({ rolloutId }) => rolloutId), demands };
}

async function demandOf(
  loaded: LoadedPolicy,
  arrival: Arrival,
  judged: OpenWindowJudgement | null,
  now: Date,
): Promise<Found | null> {
  if (arrival.events.length === 0 && !judged?.rollbackRequired) return null;
  const facts = await loadDecisionFacts(database(), loaded, arrival.rolloutId, now);
  if (!facts) return null;
  const { rollout, policy } = facts;
  const answers = await answersAboutRollback(rollout);
  const asked = fastLaneDemand({ policy, rollout, arrival, judged, answers });
  return asked && { ...asked, facts };
}

async function actOn(
  loaded: LoadedPolicy,
  { demand, evidence, facts }: Found,
  now: Date,
): Promise<FastLaneOutcome> {
  const { rollout, phase } = facts;
  const outcome = await inTransaction(async (tx) => {
    // First: it takes part in the kill switch's lock, so that a press is heard here or after this has ended.
    const demanded = await demandRollback(tx, {
      loaded,
      rollout,
      phase,
      demand,
      evidence,
      announce: (request) => announce(tx, loaded, request, demand, now),
      now,
    });
    if (demanded.outcome === 'joined' || demanded.outcome === 'answered' || demanded.outcome === 'moved_on')
      return demanded;
    await recordPolicyVersion(tx, loaded, 'fast lane');
    await insertFastLaneDecision(tx, decisionOf(decide(facts), demand));
    return demanded;
  });
  return { rolloutId: rollout.id, cause: demand.cause, outcome: outcome.outcome };
}

/** The incident and its alert, before anything is done about it; nothing of what is on record only. */
async function announce(
  tx: Transaction,
  { policy }: LoadedPolicy,
  request: RequiredRollback,
  demand: RollbackDemand,
  now: Date,
): Promise<void> {
  if (request.mode === 'shadow') return;
  await openIncident(tx, {
    rolloutId: request.rolloutId,
    phase: request.phase,
    cause: 'slo_violation',
    severity: 'major',
    details: { cause: demand.cause, metrics: demand.metrics, window: demand.windowStart },
    actor: SYSTEM_ACTOR,
    at: now,
  });
  await tellOfRequest(tx, policy, request, now);
}

/** The decision of this moment with what asks for the step back; a pressed kill switch still comes before it. */
function decisionOf(decision: Decision, demand: RollbackDemand): Decision {
  return {
    ...decision,
    decision: decision.decision === 'halt' ? 'halt' : 'roll_back',
    rollback: demand,
  };
}
