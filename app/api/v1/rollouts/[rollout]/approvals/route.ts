import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { GiveApprovalRequestSchema } from '#lib/rollouts/index.ts';
import { giveApproval } from '#lib/rollouts/server.ts';

/** POST /api/v1/rollouts/{rollout}/approvals: a person's yes or no to the promotion (PHA-3, DASH-5). */
export const POST = route({
  auth: 'person',
  permission: 'approve',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: GiveApprovalRequestSchema,
  run: ({ actor, trigger, params, body, now }) =>
    giveApproval({ ...body, rolloutId: params.rollout, trigger, actor, now }),
});
