import { inTransaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { holdForStep } from '../people/hold-rollout.store.ts';
import type { Trigger } from '../rollout.schema.ts';
import type { RequiredRollback } from './required-rollback.schema.ts';
import { findRequiredRollback } from './required-rollback.store.ts';
import { rollBackIn } from './rollback.run.ts';

export type ConfirmCommand = {
  rolloutId: string;
  requestId: string;
  reason: string;
  trigger: Trigger;
  actor: { id: string; name: string };
  now: Date;
};

export type ConfirmOutcome = { outcome: 'rolled_back' | 'answered_before'; request: RequiredRollback };

/**
 * Confirms one required rollback and nothing else (ROL-3): the step back is made only while this very request waits. One that
 * was answered, by whomever and however, stays as it is and is returned; a press on an old message never steps back again
 * and never breaks the glass (ROL-7). Errors: AppError NOT_FOUND for an unknown request; as `rollBack`.
 */
export async function confirmRollback(command: ConfirmCommand): Promise<ConfirmOutcome> {
  const { rolloutId, requestId, reason, trigger, actor, now } = command;
  const loaded = await loadPolicy();
  return inTransaction(async (tx) => {
    await holdForStep(tx, rolloutId);
    const request = await findRequiredRollback(requestId, tx);
    if (request?.rolloutId !== rolloutId)
      throw new AppError('NOT_FOUND', `there is no request ${requestId} of ${rolloutId}`);
    if (request.state !== 'open') return { outcome: 'answered_before', request };
    await rollBackIn(tx, loaded, {
      rolloutId,
      fromPhase: request.phase,
      reason,
      trigger,
      actor,
      now,
    });
    return {
      outcome: 'rolled_back',
      request: (await findRequiredRollback(requestId, tx)) ?? request,
    };
  });
}
