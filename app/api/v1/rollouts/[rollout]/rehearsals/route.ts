import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { RehearsalRequestSchema } from '#lib/rehearsal/index.ts';
import { rehearse } from '#lib/rehearsal/server.ts';

/**
 * POST /api/v1/rollouts/{rollout}/rehearsals: plays a breach from telemetry to messages and changes nothing real (ROL-8).
 * Refused while something real is going on there.
 */
export const POST = route({
  auth: 'person',
  permission: 'rehearse',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: RehearsalRequestSchema,
  run: ({ actor, params, body, trigger, now }) =>
    rehearse({
      ...body,
      rolloutId: params.rollout,
      trigger,
      actor: { id: actor.id, name: actor.name },
      now,
    }),
});
