import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { SignOffRequestSchema } from '#lib/rollouts/index.ts';
import { signPanel } from '#lib/rollouts/server.ts';

/** POST /api/v1/rollouts/{rollout}/sign-offs: a reviewer's signature under a panel (DASH-1 … DASH-4). */
export const POST = route({
  auth: 'person',
  permission: 'sign_off',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: SignOffRequestSchema,
  run: ({ actor, trigger, params, body, now }) =>
    signPanel({ ...body, rolloutId: params.rollout, trigger, actor, now }),
});
