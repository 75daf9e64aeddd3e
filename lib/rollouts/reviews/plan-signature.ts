import type { Review } from './review.schema.ts';

export type SignaturePlan =
  | { plan: 'sign'; closes: boolean }
  | { plan: 'already_signed' }
  | { plan: 'refuse'; refused: 'own_act' | 'review_closed' };

/**
 * Whether a person may put their name under a review: others than who broke the glass, each once, until enough have.
 * Pure. Source: issue 3, break-glass.
 */
export function planSignature(review: Review, personId: string): SignaturePlan {
  const signers = new Set(review.signatures.map((signature) => signature.personId));
  if (signers.has(personId)) return { plan: 'already_signed' };
  if (personId === review.openedById) return { plan: 'refuse', refused: 'own_act' };
  if (review.closedAt !== null) return { plan: 'refuse', refused: 'review_closed' };
  return { plan: 'sign', closes: signers.size + 1 >= review.needed };
}
