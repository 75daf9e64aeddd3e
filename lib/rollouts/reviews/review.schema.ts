import { z } from 'zod';
import { ReasonSchema } from '../people/words.schema.ts';

/** Somebody's word under a review. */
export const ReviewSignatureSchema = z.strictObject({
  personId: z.string(),
  personName: z.string(),
  comment: z.string(),
  signedAt: z.iso.datetime(),
});

/** What a break-glass act owes: while it is open, nothing it concerns is promoted. `rolloutId` null: every rollout. */
export const ReviewSchema = z.strictObject({
  id: z.uuid(),
  rolloutId: z.string().nullable(),
  kind: z.enum(['rollback', 'kill']),
  /** `phase_change:<id>` or `stop_order:<id>`. */
  subject: z.string(),
  reason: z.string(),
  openedById: z.string(),
  openedByName: z.string(),
  openedAt: z.iso.datetime(),
  /** How many others must sign. */
  needed: z.int().positive(),
  closedAt: z.iso.datetime().nullable(),
  signatures: z.array(ReviewSignatureSchema),
});
export type Review = z.infer<typeof ReviewSchema>;

/** Query of GET /api/v1/reviews: what is open, or everything, newest first. */
export const ReviewQuerySchema = z.strictObject({ state: z.enum(['open', 'all']).default('open') });

/** Answer of GET /api/v1/reviews. */
export const ReviewListSchema = z.strictObject({ reviews: z.array(ReviewSchema) });
export type ReviewList = z.infer<typeof ReviewListSchema>;

/** Body of POST /api/v1/reviews/{id}/signatures. */
export const SignReviewRequestSchema = z.strictObject({
  comment: ReasonSchema,
  dryRun: z.boolean().default(false),
});
export type SignReviewRequest = z.infer<typeof SignReviewRequestSchema>;

/** What became of a signature; whoever signs again gets the answer of the first time. */
export const SignReviewOutcomeSchema = z.strictObject({
  outcome: z.enum(['signed', 'already_signed', 'would_sign']),
  review: ReviewSchema,
});
export type SignReviewOutcome = z.infer<typeof SignReviewOutcomeSchema>;
