import { inTransaction, publishLive } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { keepFromMoving, takeTurn } from '../people/hold-rollout.store.ts';
import { requirePerson } from '../people/person.store.ts';
import type { Trigger } from '../rollout.schema.ts';
import type { WithdrawApprovalOutcome } from './approval.schema.ts';
import { endApproval, findApproval } from './approval.store.ts';

export type WithdrawApprovalCommand = {
  rolloutId: string;
  approvalId: string;
  actor: { id: string; name: string };
  trigger: Trigger;
  now: Date;
};

/**
 * Takes back a vote of one's own (PHA-3), whatever roles one holds by now; taking it back twice is harmless.
 * Errors: AppError NOT_FOUND; FORBIDDEN `not_yours`, `person_inactive`.
 */
export async function withdrawApproval(command: WithdrawApprovalCommand): Promise<WithdrawApprovalOutcome> {
  const { rolloutId, approvalId, trigger, now } = command;
  const { policy } = await loadPolicy();
  return inTransaction(async (tx) => {
    await takeTurn(tx, rolloutId);
    const person = await requirePerson(tx, command.actor.id, 'view', policy);
    const approval = await findApproval(approvalId, tx);
    if (approval?.rolloutId !== rolloutId)
      throw new AppError('NOT_FOUND', 'There is no such vote on this rollout.');
    if (approval.personId !== person.id)
      throw new AppError('FORBIDDEN', 'Only who gave this vote may take it back.', { reason: 'not_yours' });
    await keepFromMoving(tx, rolloutId);
    if (approval.endedAt !== null) return { outcome: 'already_ended', approval };
    const ended = await endApproval(tx, { id: approvalId, by: person.id, reason: 'withdrawn', at: now });
    // A step may have been made while this waited for it.
    if (ended.endReason !== 'withdrawn') return { outcome: 'already_ended', approval: ended };
    await publishLive(tx, { topic: 'rollout', rolloutId });
    await appendAudit(tx, {
      actor: person,
      action: 'promotion.vote_withdrawn',
      subject: `rollout:${rolloutId}`,
      reason: '',
      details: { approval: approvalId, choice: approval.choice, phase: approval.phase, trigger },
      at: now,
    });
    return { outcome: 'withdrawn', approval: ended };
  });
}
