import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { withdrawSignOff } from '#lib/rollouts/server.ts';

/** DELETE /api/v1/rollouts/{rollout}/sign-offs/{id}: takes back one's own signature, whatever one may do now. */
export const DELETE = route({
  auth: 'person',
  params: z.strictObject({ rollout: z.string().min(1).max(64), signOffId: z.uuid() }),
  run: ({ actor, trigger, params, now }) =>
    withdrawSignOff({ rolloutId: params.rollout, signOffId: params.signOffId, trigger, actor, now }),
});
