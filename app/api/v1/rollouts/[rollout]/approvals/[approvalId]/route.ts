import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { withdrawApproval } from '#lib/rollouts/server.ts';

/** DELETE /api/v1/rollouts/{rollout}/approvals/{id}: takes back one's own vote, whatever one may do now (PHA-3). */
export const DELETE = route({
  auth: 'person',
  params: z.strictObject({ rollout: z.string().min(1).max(64), approvalId: z.uuid() }),
  run: ({ actor, trigger, params, now }) =>
    withdrawApproval({ rolloutId: params.rollout, approvalId: params.approvalId, trigger, actor, now }),
});
