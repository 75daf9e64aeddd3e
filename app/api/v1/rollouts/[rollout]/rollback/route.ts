import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { RollbackRequestSchema } from '#lib/rollouts/index.ts';
import { provenSoon, rollBack } from '#lib/rollouts/server.ts';

/**
 * POST /api/v1/rollouts/{rollout}/rollback: one step back, exactly once (ROL-1, ROL-7, DASH-5). Where a rollback is
 * required, this confirms it; without one it breaks the glass.
 */
export const POST = route({
  auth: 'person',
  permission: 'roll_back',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: RollbackRequestSchema,
  run: ({ actor, params, body, trigger, now }) =>
    provenSoon(rollBack)({
      ...body,
      rolloutId: params.rollout,
      trigger,
      actor: { id: actor.id, name: actor.name },
      now,
    }),
});
