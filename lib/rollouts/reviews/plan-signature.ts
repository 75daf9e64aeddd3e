import type { Review } from './review.schema.ts';

export type SignaturePlan =
  | { plan: 'sign'; closes: boolean }
  | { plan: 'already_signed' }
  | { plan: 'refuse'; refused: 'own_act' | 'review_closed' };

/**
 * Whether a person may put their name under a review: others than who broke the glass, each once, until enough have who may
 * still sign now. One who has signed before closes it where others came to count again since. Pure.
 * Source: issue 3, break-glass; PHA-3.
 */
export function planSignature(
  review: Review,
  personId: string,
  mayStillSign: ReadonlySet<string>,
): SignaturePlan {
  const signers = review.signatures.map((signature) => signature.personId);
  const counting = new Set([...signers.filter((signer) => mayStillSign.has(signer)), personId]);
  const closes = counting.size >= review.needed;
  if (signers.includes(personId))
    return review.closedAt === null && closes ? { plan: 'sign', closes } : { plan: 'already_signed' };
  if (personId === review.openedById) return { plan: 'refuse', refused: 'own_act' };
  if (review.closedAt !== null) return { plan: 'refuse', refused: 'review_closed' };
  return { plan: 'sign', closes };
}
