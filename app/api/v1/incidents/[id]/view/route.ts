import { z } from 'zod';
import { readIncidentPage } from '#lib/dashboard/server.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/incidents/{id}/view: the page of an incident for whoever asks, with what they may do (INC-1). */
export const GET = route({
  auth: 'person',
  params: z.strictObject({ id: z.uuid() }),
  run: ({ actor, params, now }) => readIncidentPage(params.id, actor, now),
});
