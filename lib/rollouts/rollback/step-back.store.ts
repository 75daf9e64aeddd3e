import type { Transaction } from '#lib/database/server.ts';
import { appendAuditOrQueue } from '#lib/evidence/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { recordPolicyVersion } from '#lib/policy/server.ts';
import { applyTransition } from '../machine/apply-transition.store.ts';
import { endSignaturesOfPhase } from '../people/end-signatures.store.ts';
import { openReview } from '../reviews/review.store.ts';
import type { PhaseChange, Rollout, Trigger } from '../rollout.schema.ts';
import { insertPhaseChange, setFlagStates } from '../rollout.store.ts';
import { tellOfStep } from '../tell/tell.store.ts';
import type { RollbackPlan } from './plan-rollback.ts';
import { endRequest, openRequiredRollback } from './required-rollback.store.ts';

/** What acts by itself, with a request on record; anything else is a person. */
const BY_ITSELF: ReadonlySet<Trigger> = new Set(['deadline', 'automatic']);

/**
 * The one place where a step back is made, whoever asked: state, flags, record, request, review and audit in the caller's
 * transaction (ROL-1, ROL-4, ROL-7). Returns null when the rollout had moved on; then nothing was changed.
 *
 * With a required rollback that waits, this is its answer. A person who steps back without one breaks the glass: others
 * must sign for it before the next promotion.
 */
export async function stepBack(
  tx: Transaction,
  loaded: LoadedPolicy,
  step: {
    rollout: Rollout;
    plan: Extract<RollbackPlan, { plan: 'step_back' }>;
    trigger: Trigger;
    reason: string;
    actor: { id: string; name: string };
    now: Date;
  },
): Promise<PhaseChange | null> {
  const { rollout, plan, trigger, reason, actor, now } = step;
  const rolloutId = rollout.id;
  const moved = await applyTransition(tx, { rollout, event: 'roll_back', toPhase: plan.to, at: now });
  if (moved === null) return null;
  // Read after the transition, which holds the rollout's row: nobody opens or answers one in between.
  const request = await openRequiredRollback(rolloutId, tx);
  const breakGlass = request === null && !BY_ITSELF.has(trigger);
  await setFlagStates(tx, {
    rolloutId,
    phase: plan.to,
    flags: plan.flagsAfter,
    version: moved.version,
    at: now,
  });
  await recordPolicyVersion(tx, loaded, 'governance files');
  const change = await insertPhaseChange(tx, {
    rolloutId,
    kind: 'rollback',
    fromPhase: plan.from,
    toPhase: plan.to,
    decisionKey: `rollback:${rolloutId}:${rollout.version}`,
    trigger,
    reason,
    actor,
    flagsBefore: plan.flagsBefore,
    flagsAfter: plan.flagsAfter,
    rolloutVersion: moved.version,
    policyHash: loaded.hash,
    verdictId: request?.verdictId ?? null,
    breakGlass,
    at: now,
  });
  if (request)
    await endRequest(tx, {
      requestId: request.id,
      state: 'executed',
      by: actor,
      reason,
      changeId: change.id,
      at: now,
    });
  await tellOfStep(tx, loaded.policy, change, now);
  await endSignaturesOfPhase(tx, { rolloutId, by: actor.id, at: now });
  // A step back goes through although the audit trail cannot be written (architecture decision 6).
  await appendAuditOrQueue(tx, {
    actor,
    action: 'rollout.rolled_back',
    subject: `rollout:${rolloutId}`,
    reason,
    details: {
      change: change.id,
      from: plan.from,
      to: plan.to,
      trigger,
      breakGlass,
      request: request?.id ?? null,
      verdict: request?.verdictId ?? null,
      version: moved.version,
      flagsBefore: plan.flagsBefore,
      flagsAfter: plan.flagsAfter,
    },
    at: now,
  });
  if (breakGlass)
    await openReview(tx, {
      rolloutId,
      kind: 'rollback',
      subject: `phase_change:${change.id}`,
      reason,
      openedBy: actor,
      needed: loaded.policy.signatures.reviewSigners,
      at: now,
    });
  return change;
}
