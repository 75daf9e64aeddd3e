import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { ClimbRequestSchema } from '#lib/rollouts/index.ts';
import { provenSoon, startRollout } from '#lib/rollouts/server.ts';

/** POST /api/v1/rollouts/{rollout}/start: a prepared rollout begins its first phase (PHA-1). */
export const POST = route({
  auth: 'person',
  permission: 'promote',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: ClimbRequestSchema,
  run: ({ actor, params, body, trigger, now }) =>
    provenSoon(startRollout)({ ...body, rolloutId: params.rollout, actor, trigger, now }),
});
