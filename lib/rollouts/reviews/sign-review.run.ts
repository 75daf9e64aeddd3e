import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { requirePerson } from '../people/person.store.ts';
import type { Trigger } from '../rollout.schema.ts';
import { planSignature } from './plan-signature.ts';
import type { Review, SignReviewOutcome } from './review.schema.ts';
import { insertReviewSignature, lockReview } from './review.store.ts';
import { whoMayStillSign } from './signers.store.ts';

export type SignReviewCommand = {
  reviewId: string;
  comment: string;
  actor: { id: string; name: string };
  trigger: Trigger;
  now: Date;
  dryRun?: boolean;
};

/**
 * Puts a person's name under a review; the last one that is needed closes it. Repeating it is harmless.
 * Errors: AppError NOT_FOUND; FORBIDDEN `own_act` for whoever opened it, `permission_missing`, `person_inactive`;
 * CONFLICT `review_closed`.
 */
export async function signReview(command: SignReviewCommand): Promise<SignReviewOutcome> {
  const { policy } = await loadPolicy();
  return inTransaction(async (tx) => {
    const person = await requirePerson(tx, command.actor.id, 'sign_review', policy);
    const review = await lockReview(tx, command.reviewId);
    if (!review) throw new AppError('NOT_FOUND', 'There is no such review.');
    const signers = review.signatures.map(({ personId }) => personId);
    const plan = planSignature(review, person.id, await whoMayStillSign(tx, signers, policy));
    switch (plan.plan) {
      case 'already_signed':
        return { outcome: 'already_signed', review };
      case 'refuse':
        throw plan.refused === 'own_act'
          ? new AppError('FORBIDDEN', 'Others than who acted must sign this review.', { reason: 'own_act' })
          : new AppError('CONFLICT', 'Enough people have signed this review.', { reason: 'review_closed' });
      case 'sign':
        return command.dryRun
          ? { outcome: 'would_sign', review }
          : { outcome: 'signed', review: await sign(tx, command, review, person, plan.closes) };
    }
  });
}

async function sign(
  tx: Transaction,
  { comment, trigger, now }: SignReviewCommand,
  review: Review,
  person: { id: string; name: string },
  closes: boolean,
): Promise<Review> {
  const signed = await insertReviewSignature(tx, { review, person, comment, closes, at: now });
  const { rolloutId } = review;
  await publishLive(tx, { topic: 'rollout', ...(rolloutId === null ? {} : { rolloutId }) });
  await appendAudit(tx, {
    actor: person,
    action: 'review.signed',
    subject: `review:${review.id}`,
    reason: comment,
    details: {
      about: review.subject,
      rollout: rolloutId,
      signatures: signed.signatures.length,
      closes,
      trigger,
    },
    at: now,
  });
  return signed;
}
