import { z } from 'zod';
import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';
import { currentDecision } from '#lib/rollouts/server.ts';

/** GET /api/v1/rollouts/{rollout}/decision: what would be decided now, with every gate (PHA-3, PHA-4). */
export const GET = route({
  auth: 'person',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  run: async ({ params, now }) => {
    return found(
      await currentDecision(params.rollout, now),
      `rollout ${params.rollout} in a phase of the policy`,
    );
  },
});
