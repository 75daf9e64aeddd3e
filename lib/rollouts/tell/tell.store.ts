import type { Transaction } from '#lib/database/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { RequiredRollback } from '../rollback/required-rollback.schema.ts';
import type { PhaseChange } from '../rollout.schema.ts';

/**
 * What people are told of a rollout (REP-1 … REP-7), written in the transaction of what happened; the Reporter delivers it.
 * Keys come from what happened, so that nothing is told twice.
 */

/**
 * The incident whose thread, PagerDuty incident and issue get what follows: that of the violation, which asks for the step; of
 * the others the one that was open first. An alert in another's would leave its own unheard.
 */
async function openIncidentOf(tx: Transaction, rolloutId: string): Promise<string | null> {
  const open = await tx.incident.findMany({
    where: { rolloutId, state: 'open' },
    orderBy: { openedAt: 'asc' },
    select: { id: true, cause: true },
  });
  return (open.find(({ cause }) => cause === 'slo_violation') ?? open[0])?.id ?? null;
}

/** A promotion; or a rollback, with its runbook entry behind it (REP-7). */
export async function tellOfStep(
  tx: Transaction,
  policy: Policy,
  change: PhaseChange,
  at: Date,
): Promise<void> {
  const { id: changeId, kind, rolloutId, fromPhase, toPhase } = change;
  if (kind === 'promotion' || kind === 'completion') {
    await enqueueMessage(tx, policy, {
      dedupKey: `promotion:${changeId}`,
      cause: { kind: 'promotion', changeId },
      rolloutId,
      phase: toPhase,
      at,
    });
    return;
  }
  if (kind !== 'rollback') return;
  const about = { rolloutId, phase: fromPhase, incidentId: await openIncidentOf(tx, rolloutId), at };
  await enqueueMessage(tx, policy, {
    ...about,
    dedupKey: `rollback:${changeId}`,
    cause: { kind: 'rollback', changeId },
  });
  await enqueueMessage(tx, policy, {
    ...about,
    dedupKey: `autosave-rollback:${changeId}`,
    cause: { kind: 'autosave-rollback', changeId },
  });
}

/** A rollback that is required: the alert, with its incident. Asks nobody in shadow. */
export async function tellOfRequest(
  tx: Transaction,
  policy: Policy,
  request: RequiredRollback,
  at: Date,
): Promise<void> {
  if (request.mode === 'shadow') return;
  const incidentId = await openIncidentOf(tx, request.rolloutId);
  if (incidentId === null) return;
  await enqueueMessage(tx, policy, {
    dedupKey: `autosave-incident:${request.id}`,
    cause: { kind: 'autosave-incident', incidentId, requestId: request.id },
    rolloutId: request.rolloutId,
    phase: request.phase,
    incidentId,
    at,
  });
}

/** A person is called to a step: what is served does not equal its target, or it was no recovery by the end of its watch. */
export async function tellOfTrouble(
  tx: Transaction,
  policy: Policy,
  trouble: { kind: 'rollback-unproven' | 'not-recovered'; change: PhaseChange; incidentId: string },
  at: Date,
): Promise<void> {
  const { kind, change, incidentId } = trouble;
  await enqueueMessage(tx, policy, {
    dedupKey: `${kind}:${change.id}`,
    cause: { kind, changeId: change.id },
    rolloutId: change.rolloutId,
    phase: change.fromPhase ?? change.toPhase,
    incidentId,
    at,
  });
}

/** The gates are met and signatures are missing: those who may sign are asked, once for each evidence. */
export async function tellApproversOf(
  tx: Transaction,
  policy: Policy,
  rollout: { id: string; phase: string; version: number },
  at: Date,
): Promise<void> {
  const decision = await tx.rolloutDecision.findFirst({
    where: { rolloutId: rollout.id },
    orderBy: { decidedAt: 'desc' },
    select: { id: true, evidenceHash: true },
  });
  if (!decision) return;
  await enqueueMessage(tx, policy, {
    dedupKey: `approval-request:${rollout.id}:${rollout.version}:${decision.evidenceHash}`,
    cause: { kind: 'approval-request', decisionId: decision.id },
    rolloutId: rollout.id,
    phase: rollout.phase,
    at,
  });
}

/** The kill switch was pressed, or armed again. */
export async function tellOfKill(
  tx: Transaction,
  policy: Policy,
  stop: { id: string; scope: string },
  kind: 'kill-switch' | 're-armed',
  at: Date,
): Promise<void> {
  await enqueueMessage(tx, policy, {
    dedupKey: `${kind}:${stop.id}`,
    cause: { kind, stopId: stop.id },
    rolloutId: stop.scope === '*' ? null : stop.scope,
    phase: null,
    at,
  });
}
