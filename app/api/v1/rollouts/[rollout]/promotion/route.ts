import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { PromotionRequestSchema } from '#lib/rollouts/index.ts';
import { promote, provenSoon } from '#lib/rollouts/server.ts';

/** POST /api/v1/rollouts/{rollout}/promotion: the last click, exactly once (PHA-3, DASH-5). */
export const POST = route({
  auth: 'person',
  permission: 'promote',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: PromotionRequestSchema,
  run: ({ actor, trigger, params, body, now }) =>
    provenSoon(promote)({ ...body, rolloutId: params.rollout, trigger, actor, now }),
});
