import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { SignReviewRequestSchema } from '#lib/rollouts/index.ts';
import { signReview } from '#lib/rollouts/server.ts';

/** POST /api/v1/reviews/{review}/signatures: somebody's word under what a break-glass act owes. */
export const POST = route({
  auth: 'person',
  permission: 'sign_review',
  params: z.strictObject({ reviewId: z.uuid() }),
  body: SignReviewRequestSchema,
  run: ({ actor, trigger, params, body, now }) =>
    signReview({ ...body, reviewId: params.reviewId, trigger, actor, now }),
});
