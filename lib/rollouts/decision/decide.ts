import { previousPhase } from '#lib/policy/index.ts';
import { countApprovals } from '../approvals/count-approvals.ts';
import { met, notMet } from '../gates/gate-check.ts';
import type { DecisionFacts } from '../gates/gate-facts.ts';
import { phaseGates } from '../gates/phase-gates.ts';
import { standingGates } from '../gates/standing-gates.ts';
import type { Decision, DecisionKind, GateCheck, GateReason, RollbackDemand } from './decision.schema.ts';
import { evidenceHash } from './evidence-hash.ts';
import { unmetSince } from './unmet-since.ts';

/**
 * Decides what is to become of a rollout now (architecture decision 5): kill switch > roll back > hold > await approval >
 * promote. Every gate is evaluated, whatever decides. Approval is the last gate. Pure: what it needs is in `facts`.
 */
export function decide(facts: DecisionFacts): Decision {
  const { rollout, phase, policy, policyHash, now } = facts;
  const objective = [...standingGates(facts), ...phaseGates(facts)];
  const evidence = evidenceHash(facts);
  const people = peoplesGates(facts, evidence);
  const gates = [...objective, ...people];
  const phases = policy.rollouts[rollout.id]?.phases ?? [];
  const toPhase = phases[phases.findIndex(({ id }) => id === phase.id) + 1]?.id ?? null;
  const rollback = demandedRollback(facts);
  const held = gates.filter(({ state }) => state !== 'met');
  return {
    rolloutId: rollout.id,
    phase: phase.id,
    state: rollout.state,
    rolloutVersion: rollout.version,
    policyHash,
    evidenceHash: evidence,
    decision: decisionKind(objective, people, rollback, toPhase),
    gates,
    heldBy: held.map(({ id }) => id),
    earliestAt: earliestOf(held),
    toPhase,
    rollback,
    automation: phase.automation,
    decidedAt: now.toISOString(),
  };
}

function decisionKind(
  objective: readonly GateCheck[],
  people: readonly GateCheck[],
  rollback: RollbackDemand | null,
  toPhase: string | null,
): DecisionKind {
  const isMet = (gate: GateCheck) => gate.state === 'met';
  if (!objective.filter(({ kind }) => kind === 'kill_switch').every(isMet)) return 'halt';
  if (rollback) return 'roll_back';
  if (!objective.every(isMet)) return 'hold';
  // A no is not a signature that is missing: it holds.
  if (!people.filter(({ kind }) => kind === 'not_rejected').every(isMet)) return 'hold';
  if (!people.every(isMet)) return 'await_approval';
  return toPhase === null ? 'complete' : 'promote';
}

/** Signatures, evaluated against exactly what they were given for; votes are weighed now, not when they were cast. */
function peoplesGates(facts: DecisionFacts, evidence: string): GateCheck[] {
  const { approvals, phase, policyHash, now } = facts;
  // Like a yes, a no is worth what its giver may say now: who has left cannot hold a rollout for good.
  const rejection = approvals.find(({ choice, holdsRole }) => choice === 'reject' && holdsRole);
  const count = countApprovals(phase.approvals, approvals, { policyHash, evidenceHash: evidence, now });
  const scale = { now: count.given, needed: count.needed, unit: 'people' as const };
  const missing = count.places.filter(({ given, needed }) => given < needed);
  return [
    rejection
      ? notMet('not_rejected', 'rejected', {
          since: rejection.givenAt.toISOString(),
          detail: { approval: rejection.id, role: rejection.role },
        })
      : met('not_rejected'),
    missing.length === 0
      ? met('approvals', scale)
      : notMet('approvals', 'approvals_missing', {
          ...scale,
          detail: { missing: missing.map(({ role }) => role).join(', ') },
        }),
  ];
}

/**
 * What asks for a step back: the newest verdict, or an SLO unmet for as long as the policy bears in any phase (PHA-5).
 * Not while a step is being made: what is served is not known before it has been read back.
 */
function demandedRollback(facts: DecisionFacts): RollbackDemand | null {
  const { rollout, phase, policy, verdicts, metrics } = facts;
  const place = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  if (place === 'preparing' || place === 'rolling_back' || place === 'promoting') return null;
  const toPhase = previousPhase(policy, rollout.id, phase.id)?.id ?? null;
  const newest = verdicts[0];
  if (!newest) return null;
  const about = { toPhase, windowStart: newest.windowStart.toISOString(), verdictId: newest.id };
  if (newest.rollbackRequired) {
    const deciding = metrics.filter((m) => !m.shadow);
    const violated = deciding.filter(({ verdict }) => verdict === 'violation');
    const lost = deciding.filter(({ reason }) => reason === 'source_lost');
    const isLost = violated.length === 0 && lost.length > 0;
    return {
      cause: isLost ? 'source_lost' : 'verdict',
      ...about,
      metrics: (isLost ? lost : violated).map(({ metric }) => metric),
    };
  }
  const rules = policy.rollouts[rollout.id];
  const since = unmetSince(verdicts);
  const unmetMs = since === null ? 0 : newest.windowEnd.getTime() - since.getTime();
  if (rules && toPhase !== null && unmetMs >= rules.rollBackWhenUnmetForSeconds * 1000)
    return {
      cause: 'slo_unmet',
      ...about,
      metrics: metrics.filter((m) => !m.shadow && m.met === false).map(({ metric }) => metric),
    };
  return null;
}

/** What people can give at any time. */
const UP_TO_PEOPLE: ReadonlySet<GateReason> = new Set([
  'answers_missing',
  'sign_offs_missing',
  'review_unsigned',
  'approvals_missing',
]);

/**
 * The latest of the times at which the gates that wait for time may open, whatever people still have to sign; null as soon
 * as one of them cannot be told.
 */
function earliestOf(held: readonly GateCheck[]): string | null {
  const waiting = held.filter(({ reason }) => !UP_TO_PEOPLE.has(reason));
  if (waiting.length === 0 || waiting.some(({ earliestAt }) => earliestAt === null)) return null;
  return (
    waiting
      .map(({ earliestAt }) => earliestAt ?? '')
      .sort()
      .at(-1) ?? null
  );
}
