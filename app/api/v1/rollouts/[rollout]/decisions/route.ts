import { z } from 'zod';
import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';
import { DecisionQuerySchema } from '#lib/rollouts/index.ts';
import { listDecisions } from '#lib/rollouts/server.ts';

/** GET /api/v1/rollouts/{rollout}/decisions?before=…: what was decided and why, newest first, page by page (PHA-3). */
export const GET = route({
  auth: 'person',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  query: DecisionQuerySchema,
  run: async ({ params, query }) => {
    return found(await listDecisions(params.rollout, query), `rollout ${params.rollout}`);
  },
});
