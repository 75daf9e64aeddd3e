import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { CommentOnStepSchema } from '#lib/incidents/index.ts';
import { commentOnStep } from '#lib/incidents/server.ts';

/** POST /api/v1/incidents/{id}/comments: what a person says of a step (INC-2). */
export const POST = route({
  auth: 'person',
  permission: 'close_incident',
  params: z.strictObject({ id: z.uuid() }),
  body: CommentOnStepSchema,
  run: ({ actor, params, body, now }) =>
    commentOnStep({ ...body, incidentId: params.id, actor: { id: actor.id, name: actor.name }, now }),
});
