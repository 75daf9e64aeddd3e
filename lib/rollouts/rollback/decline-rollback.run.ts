import { inTransaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { holdForStep } from '../people/hold-rollout.store.ts';
import type { Trigger } from '../rollout.schema.ts';
import { findRollout } from '../rollout.store.ts';
import type { DeclineOutcome } from './required-rollback.schema.ts';
import { endRequest, lastDeclined, openRequiredRollback } from './required-rollback.store.ts';

export type DeclineCommand = {
  rolloutId: string;
  requestId?: string | undefined;
  reason: string;
  trigger: Trigger;
  actor: { id: string; name: string };
  dryRun?: boolean;
  now: Date;
};

/**
 * A person says "not now" to a required rollback (ROL-3): it never executes; the next window that violates asks again.
 * Safe to repeat. Errors: AppError NOT_FOUND for an unknown rollout; CONFLICT `nothing_to_decide` when none is open,
 * `moved_on` when another is open than the person saw.
 */
export async function declineRollback(command: DeclineCommand): Promise<DeclineOutcome> {
  const { rolloutId, requestId, reason, trigger, actor, now } = command;
  return inTransaction(async (tx) => {
    await holdForStep(tx, rolloutId);
    if (!(await findRollout(rolloutId, tx)))
      throw new AppError('NOT_FOUND', `rollout ${rolloutId} does not exist`);
    const open = await openRequiredRollback(rolloutId, tx);
    if (!open) {
      const before = await lastDeclined(tx, rolloutId, actor.id);
      if (before && (requestId === undefined || before.id === requestId))
        return { outcome: 'already_done', request: before };
      throw new AppError('CONFLICT', `no rollback of ${rolloutId} waits for a decision`, {
        reason: 'nothing_to_decide',
      });
    }
    if (requestId !== undefined && open.id !== requestId)
      throw new AppError('CONFLICT', `another rollback of ${rolloutId} is required now; look again`, {
        reason: 'moved_on',
      });
    if (command.dryRun) return { outcome: 'would_decline', request: open };
    const request = await endRequest(tx, {
      requestId: open.id,
      state: 'declined',
      by: actor,
      reason,
      at: now,
    });
    if (!request) throw new AppError('CONFLICT', 'it was decided just now', { reason: 'nothing_to_decide' });
    await appendAudit(tx, {
      actor,
      action: 'rollback.declined',
      subject: `rollout:${rolloutId}`,
      reason,
      details: { request: open.id, verdict: open.verdictId, dueAt: open.dueAt, trigger },
      at: now,
    });
    return { outcome: 'declined', request };
  });
}
