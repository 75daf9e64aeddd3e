import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { RollbackRequestSchema } from '#lib/rollouts/index.ts';
import { rollBack } from '#lib/rollouts/server.ts';

/** POST /api/v1/rollouts/{rollout}/rollback: one step back, exactly once (ROL-1, ROL-7, DASH-5). */
export const POST = route({
  auth: 'session',
  permission: 'roll_back',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: RollbackRequestSchema,
  run: ({ actor, params, body, now }) =>
    rollBack({
      ...body,
      rolloutId: params.rollout,
      trigger: 'button',
      actor: { id: actor.id, name: actor.name },
      now,
    }),
});
