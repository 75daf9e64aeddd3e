import { z } from 'zod';
import { readProtection } from '#lib/dashboard/server.ts';
import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';

export const dynamic = 'force-dynamic';

/** GET /api/v1/rollouts/{rollout}/protection: a required rollback, the last step's proof, the watch (ROL-3, ROL-5). */
export const GET = route({
  auth: 'person',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  run: async ({ actor, params, now }) => {
    return found(await readProtection(params.rollout, actor, now), `rollout ${params.rollout}`);
  },
});
