import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { DeclineRequestSchema } from '#lib/rollouts/index.ts';
import { declineRollback } from '#lib/rollouts/server.ts';

/** POST /api/v1/rollouts/{rollout}/rollback/decline: "not now" to a required rollback (ROL-3). */
export const POST = route({
  auth: 'person',
  permission: 'decide_rollback',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: DeclineRequestSchema,
  run: ({ actor, params, body, trigger, now }) =>
    declineRollback({ ...body, rolloutId: params.rollout, actor, trigger, now }),
});
