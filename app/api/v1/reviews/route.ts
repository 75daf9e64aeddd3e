import { route } from '#lib/http/server.ts';
import { ReviewQuerySchema } from '#lib/rollouts/index.ts';
import { listReviews } from '#lib/rollouts/server.ts';

/** GET /api/v1/reviews: what break-glass acts owe, with the signatures so far. */
export const GET = route({
  auth: 'person',
  query: ReviewQuerySchema,
  run: async ({ query }) => ({ reviews: await listReviews(query.state) }),
});
