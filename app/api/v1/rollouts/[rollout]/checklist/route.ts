import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { AnswerChecklistRequestSchema } from '#lib/rollouts/index.ts';
import { answerChecklist } from '#lib/rollouts/server.ts';

/** POST /api/v1/rollouts/{rollout}/checklist: a named person's answer to an item (PHA-7). */
export const POST = route({
  auth: 'person',
  permission: 'answer_checklist',
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  body: AnswerChecklistRequestSchema,
  run: ({ actor, trigger, params, body, now }) =>
    answerChecklist({ ...body, rolloutId: params.rollout, trigger, actor, now }),
});
