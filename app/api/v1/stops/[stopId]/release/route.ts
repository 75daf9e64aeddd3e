import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { ReleaseStopRequestSchema } from '#lib/rollouts/index.ts';
import { releaseStop } from '#lib/rollouts/server.ts';

/** POST /api/v1/stops/{id}/release: a person's word for ending a stop; the command asks for the permission of its kind. */
export const POST = route({
  auth: 'person',
  params: z.strictObject({ stopId: z.uuid() }),
  body: ReleaseStopRequestSchema,
  run: ({ actor, trigger, params, body, now }) => releaseStop({ ...body, ...params, actor, trigger, now }),
});
