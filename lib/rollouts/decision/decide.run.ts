import { log } from '#lib/config/server.ts';
import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { openIncident } from '#lib/incidents/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import type { DecisionFacts } from '../gates/gate-facts.ts';
import { applyTransition } from '../machine/apply-transition.store.ts';
import { endVoidSignatures } from '../people/end-signatures.store.ts';
import { promote } from '../promotion/promote.run.ts';
import { demandRollback, withdrawTakenBack } from '../rollback/demand-rollback.store.ts';
import { listRollouts } from '../rollout.store.ts';
import { killInForce } from '../stops/kill-guard.store.ts';
import { tellApproversOf, tellOfRequest } from '../tell/tell.store.ts';
import { decide } from './decide.ts';
import type { Decision, DecisionSource } from './decision.schema.ts';
import { recordDecision } from './decision.store.ts';
import { loadDecisionFacts } from './facts.store.ts';
import { gateEventOf } from './gate-event.ts';
import { incidentOfDecision } from './incident-of-decision.ts';

/**
 * Decides what is to become of a rollout and does what follows (PHA-3, PHA-5, ROL-3), in one transaction: the decision goes
 * on record where it differs from the last one, void signatures end, a required rollback is demanded, an incident opens,
 * and the gates' transition is made. Where the policy lets the phase act, a promotion follows in a transaction of its own.
 * Harmless however often and by however many processes it is called. null: nothing to decide (unknown rollout or phase).
 * Errors: the database's, the policy's.
 */
export async function decideRollout(
  rolloutId: string,
  source: DecisionSource,
  now: Date,
): Promise<Decision | null> {
  const loaded = await loadPolicy();
  const decision = await inTransaction((tx) => decideIn(tx, loaded, { rolloutId, source, now }));
  if (decision) await promoteWhereItMay(decision, now);
  return decision;
}

/** What became of one tick: how many rollouts were decided. */
export type DecisionRound = { decided: number; decisions: Record<string, Decision['decision']> };

/**
 * Decides every rollout, or those that are named, one after the other. What goes wrong with one stops no other; it is thrown when all were decided,
 * so that the run shows it and is tried again. Errors: AggregateError.
 */
export async function decideAll(
  source: DecisionSource,
  now: Date,
  rolloutIds?: readonly string[],
): Promise<DecisionRound> {
  const round: DecisionRound = { decided: 0, decisions: {} };
  const errors: unknown[] = [];
  const rollouts = await listRollouts();
  for (const { id } of rollouts.filter(({ id }) => rolloutIds?.includes(id) ?? true)) {
    try {
      const decision = await decideRollout(id, source, now);
      if (!decision) continue;
      round.decided += 1;
      round.decisions[id] = decision.decision;
    } catch (error) {
      log('decision').error({ err: error, rolloutId: id }, 'a rollout could not be decided');
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} rollouts could not be decided`);
  return round;
}

async function decideIn(
  tx: Transaction,
  loaded: LoadedPolicy,
  ask: { rolloutId: string; source: DecisionSource; now: Date },
): Promise<Decision | null> {
  const { rolloutId, source, now } = ask;
  await killInForce(tx, rolloutId);
  // From here on nobody else steps or decides: what is read stays true until what follows from it is written.
  await tx.$queryRaw`SELECT id FROM rollout WHERE id = ${rolloutId} FOR UPDATE`;
  const facts = await loadDecisionFacts(tx, loaded, rolloutId, now);
  if (!facts) return null;
  const decision = decide(facts);
  const [newest] = facts.verdicts;
  const differs = await recordDecision(tx, decision, {
    source,
    windowStart: newest?.windowStart ?? null,
    verdictId: newest?.id ?? null,
  });
  if (differs) await recordPolicyVersion(tx, loaded, 'decision');
  await endVoid(tx, facts, decision);
  await openIncidentOf(tx, facts, decision);
  const stepped = await demand(tx, loaded, facts, decision);
  if (!stepped) await moveGates(tx, loaded, facts, decision);
  return decision;
}

async function endVoid(tx: Transaction, facts: DecisionFacts, decision: Decision): Promise<void> {
  const ended = await endVoidSignatures(tx, facts, decision.evidenceHash);
  if (ended === 0) return;
  await appendAudit(tx, {
    actor: SYSTEM_ACTOR,
    action: 'rollout.signatures_void',
    subject: `rollout:${decision.rolloutId}`,
    reason: 'what was signed has changed, or the signatures have expired',
    details: {
      ended,
      phase: decision.phase,
      version: decision.rolloutVersion,
      policyHash: decision.policyHash,
      evidenceHash: decision.evidenceHash,
    },
    at: facts.now,
  });
}

async function openIncidentOf(tx: Transaction, facts: DecisionFacts, decision: Decision): Promise<void> {
  const incident = incidentOfDecision(decision, facts);
  if (!incident) return;
  await openIncident(tx, {
    rolloutId: decision.rolloutId,
    phase: decision.phase,
    cause: 'slo_violation',
    ...incident,
    actor: SYSTEM_ACTOR,
    at: facts.now,
  });
}

/** Demands the step back that is required, or takes back one that no longer is. Returns whether the rollout has moved. */
async function demand(
  tx: Transaction,
  loaded: LoadedPolicy,
  facts: DecisionFacts,
  { rollback }: Decision,
): Promise<boolean> {
  const { rollout, phase, now } = facts;
  if (!rollback) {
    if (facts.rollbackPending) await withdrawTakenBack(tx, rollout.id, now);
    return false;
  }
  const outcome = await demandRollback(tx, {
    loaded,
    rollout,
    phase,
    demand: rollback,
    evidence: {
      readings: facts.metrics
        .filter(({ metric }) => rollback.metrics.includes(metric))
        .map(({ metric, value, limit, unit, samples }) => ({ metric, value, limit, unit, samples })),
    },
    announce: (request) => tellOfRequest(tx, loaded.policy, request, now),
    now,
  });
  return outcome.outcome === 'executed' || outcome.outcome === 'moved_on';
}

async function moveGates(
  tx: Transaction,
  loaded: LoadedPolicy,
  facts: DecisionFacts,
  decision: Decision,
): Promise<void> {
  const event = gateEventOf(facts.rollout, decision);
  if (!event) return;
  const moved = await applyTransition(tx, { rollout: facts.rollout, event, at: facts.now });
  if (!moved) throw new Error(`${decision.rolloutId} moved while it was locked`);
  if (event === 'gates_met') await tellApproversOf(tx, loaded.policy, facts.rollout, facts.now);
  await appendAudit(tx, {
    actor: SYSTEM_ACTOR,
    action: `rollout.${event}`,
    subject: `rollout:${decision.rolloutId}`,
    reason: event === 'gates_met' ? 'every gate but signatures is met' : 'a gate is no longer met',
    details: {
      phase: decision.phase,
      version: decision.rolloutVersion,
      policyHash: decision.policyHash,
      evidenceHash: decision.evidenceHash,
      heldBy: decision.heldBy,
    },
    at: facts.now,
  });
}

/** The last click, where the phase's automation is `act` (the trust ladder): everything is decided again there. */
async function promoteWhereItMay(decision: Decision, now: Date): Promise<void> {
  if (decision.automation.promotion !== 'act') return;
  if (decision.decision !== 'promote' && decision.decision !== 'complete') return;
  try {
    await promote({
      rolloutId: decision.rolloutId,
      fromPhase: decision.phase,
      expectedVersion: decision.rolloutVersion,
      evidenceHash: decision.evidenceHash,
      reason: 'every gate is met and the policy lets this phase act',
      trigger: 'automatic',
      actor: SYSTEM_ACTOR,
      now,
    });
  } catch (error) {
    // Something moved in between; the next tick decides from what is so then.
    if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
    log('decision').info(
      { rolloutId: decision.rolloutId, reason: error.reason },
      'a promotion by itself was not made',
    );
  }
}
