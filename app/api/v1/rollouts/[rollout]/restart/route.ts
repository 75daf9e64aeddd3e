import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { ClimbRequestSchema } from '#lib/rollouts/index.ts';
import { provenSoon, restartRollout } from '#lib/rollouts/server.ts';

/** POST /api/v1/rollouts/{rollout}/restart: the climb begins again after a rollback (ROL-5). */
export const POST = route({
  auth: 'person',
  permission: 'promote',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: ClimbRequestSchema,
  run: ({ actor, params, body, trigger, now }) =>
    provenSoon(restartRollout)({ ...body, rolloutId: params.rollout, actor, trigger, now }),
});
