import { incidentKey } from '#lib/incidents/index.ts';
import type { GateCheck } from '../decision/decision.schema.ts';
import { freezeInForce } from '../stops/freeze-calendar.ts';
import { met, notMet } from './gate-check.ts';
import type { DecisionFacts } from './gate-facts.ts';
import { earliestAfter } from './run-gates.ts';

/** The gates that hold for every phase, in the order in which they should be read. */
export function standingGates(facts: DecisionFacts): GateCheck[] {
  return [
    killSwitch(facts),
    rollbackPending(facts),
    stateGate(facts),
    freshData(facts),
    healthyNow(facts),
    noOpenIncident(facts),
    reviewsSigned(facts),
    flagsAsPolicy(facts),
    freeze(facts),
  ];
}

function killSwitch({ stops, rollout }: DecisionFacts): GateCheck {
  const kill = stops.find((stop) => stop.kind === 'kill');
  if (kill)
    return notMet('kill_switch', 'killed', {
      since: kill.orderedAt.toISOString(),
      detail: { stop: kill.id, scope: kill.scope, reason: kill.reason },
    });
  return rollout.state === 'halted'
    ? notMet('kill_switch', 'killed', { since: rollout.stateEnteredAt })
    : met('kill_switch');
}

function rollbackPending({ rollbackPending: pending }: DecisionFacts): GateCheck {
  return pending ? notMet('rollback_pending', 'rollback_required') : met('rollback_pending');
}

const STATE_REASON = {
  preparing: 'not_started',
  promoting: 'step_unproven',
  rolling_back: 'step_unproven',
  watching: 'watching',
  awaiting_canary: 'awaiting_canary',
  completed: 'completed',
} as const;

function stateGate({ rollout }: DecisionFacts): GateCheck {
  const state = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  if (state === null || state === 'running' || state === 'awaiting_approval') return met('state');
  return notMet('state', STATE_REASON[state], {
    since: rollout.stateEnteredAt,
    earliestAt:
      state === 'watching' ? rollout.watchUntil : state === 'awaiting_canary' ? rollout.nextCanaryAt : null,
  });
}

/** A window may be "collected" ahead of the clock by what two machines' clocks differ. */
const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * Stale data never passes: the newest window that should have been collected must be there, read in full and judged. A clock
 * that was set back is no better than old data: windows from its future say that it cannot be trusted.
 */
function freshData(facts: DecisionFacts): GateCheck {
  const newest = facts.newestCollectedWindowEnd;
  if (newest === null) return notMet('fresh_data', 'no_window_yet', { state: 'unknown' });
  const since = newest.toISOString();
  const ageSeconds = Math.floor((facts.now.getTime() - newest.getTime()) / 1000);
  // Counted from the end of the window: the next one ends a window later and has to be collected by then.
  if (ageSeconds > facts.policy.cycle.staleAfterSeconds || ageSeconds < -CLOCK_TOLERANCE_SECONDS)
    return notMet('fresh_data', 'window_stale', {
      state: 'unknown',
      since,
      detail: { age_seconds: ageSeconds },
    });
  if (facts.unreadSources.length > 0)
    return notMet('fresh_data', 'sources_unread', {
      state: 'unknown',
      since,
      detail: { sources: facts.unreadSources.join(', ') },
    });
  if (verdictMissing(facts, newest))
    return notMet('fresh_data', 'verdict_missing', { state: 'unknown', since });
  return met('fresh_data', { since });
}

/** Whether a collected window should have been judged by now: one may wait until the analysis is due, no more. */
function verdictMissing({ verdicts, rollout, policy, now }: DecisionFacts, newestCollected: Date): boolean {
  const { windowSeconds, slotSeconds } = policy.cycle;
  const windowMs = windowSeconds * 1000;
  // The window in which the phase was entered is the first that is judged in it.
  const judgedTo =
    verdicts[0]?.windowEnd.getTime() ?? Math.floor(Date.parse(rollout.phaseEnteredAt) / windowMs) * windowMs;
  const lagMs = newestCollected.getTime() - judgedTo;
  return (
    lagMs > windowMs || (lagMs > 0 && now.getTime() - newestCollected.getTime() > slotSeconds.analyze * 1000)
  );
}

/**
 * The newest window met every objective, by the rules in force. A window without enough data holds the promotion until
 * one tells again; approvals that were given stay (see evidence-hash.ts).
 */
function healthyNow(facts: DecisionFacts): GateCheck {
  const earliestAt = earliestAfter(facts, 1).toISOString();
  const [newest] = facts.verdicts;
  if (!newest)
    return facts.newestCollectedWindowEnd && verdictMissing(facts, facts.newestCollectedWindowEnd)
      ? notMet('healthy_now', 'verdict_missing', { state: 'unknown' })
      : notMet('healthy_now', 'no_window_yet', { state: 'unknown', earliestAt });
  const since = newest.windowStart.toISOString();
  if (newest.verdict === 'violation') return notMet('healthy_now', 'violation', { since, earliestAt });
  if (newest.sloMet === false) return notMet('healthy_now', 'objective_unmet', { since, earliestAt });
  if (newest.sloMet === null)
    return notMet('healthy_now', 'insufficient_data', { state: 'unknown', since, earliestAt });
  if (!newest.sameRules)
    return notMet('healthy_now', 'run_reset_policy', { state: 'unknown', since, earliestAt });
  return met('healthy_now', { since });
}

function noOpenIncident({ incidents }: DecisionFacts): GateCheck {
  const open = incidents.filter((incident) => incident.closedAt === null);
  const [first] = open;
  if (!first) return met('no_open_incident', { now: 0, needed: 0, unit: 'incidents' });
  return notMet('no_open_incident', 'incident_open', {
    now: open.length,
    needed: 0,
    unit: 'incidents',
    since: first.openedAt.toISOString(),
    detail: { incidents: open.map(({ number }) => incidentKey(number)).join(', ') },
  });
}

function reviewsSigned({ reviews }: DecisionFacts): GateCheck {
  const needed = reviews.reduce((sum, review) => sum + review.needed, 0);
  if (reviews.length === 0) return met('reviews_signed');
  return notMet('reviews_signed', 'review_unsigned', {
    now: reviews.reduce((sum, review) => sum + Math.min(review.signed, review.needed), 0),
    needed,
    unit: 'people',
    since: reviews.map(({ openedAt }) => openedAt.toISOString()).sort()[0] ?? null,
    detail: { reviews: reviews.map(({ id }) => id).join(', ') },
  });
}

/** What the policy says cannot be told while its files cannot be used; the last valid one judges, and nothing goes forward. */
function flagsAsPolicy(facts: DecisionFacts): GateCheck {
  if (!facts.policyUsable) return notMet('flags_as_policy', 'policy_unusable', { state: 'unknown' });
  return facts.flagsAsPolicy ? met('flags_as_policy') : notMet('flags_as_policy', 'policy_differs');
}

/** Everything that holds promotions for a time: orders to stop the line and the calendar. It ends with the last of them. */
function freeze(facts: DecisionFacts): GateCheck {
  const orders = facts.stops.filter((stop) => stop.kind === 'freeze');
  const planned = freezeInForce(facts.policy, facts.rollout.id, facts.now);
  const ends = [...orders.map(({ endsAt }) => endsAt), ...(planned ? [planned.to] : [])];
  const lastEndMs = Math.max(...ends.map((end) => end?.getTime() ?? Number.POSITIVE_INFINITY));
  const earliestAt = Number.isFinite(lastEndMs) ? new Date(lastEndMs).toISOString() : null;
  const [order] = orders;
  if (order)
    return notMet('freeze', 'line_stopped', {
      since: order.orderedAt.toISOString(),
      earliestAt,
      detail: { stop: order.id, scope: order.scope, reason: order.reason },
    });
  if (!planned) return met('freeze');
  return notMet('freeze', 'frozen_by_calendar', {
    since: planned.from.toISOString(),
    earliestAt,
    detail: { freeze: planned.id },
  });
}
