import { z } from 'zod';
import { toldAtOnce } from '#inngest/announce-delivery.ts';
import { resumedAtOnce } from '#inngest/resume-at-once.ts';
import { route } from '#lib/http/server.ts';
import { ReleaseStopRequestSchema } from '#lib/rollouts/index.ts';
import { releaseStop } from '#lib/rollouts/server.ts';

/** POST /api/v1/stops/{id}/release: a person's word for ending a stop; the command asks for the permission of its kind. */
export const POST = route({
  auth: 'person',
  params: z.strictObject({ stopId: z.uuid() }),
  body: ReleaseStopRequestSchema,
  run: ({ actor, trigger, params, body, now }) =>
    toldAtOnce(resumedAtOnce(releaseStop))({ ...body, ...params, actor, trigger, now }),
});
