import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { readIncidentDetail } from '#lib/incidents/server.ts';

/** GET /api/v1/incidents/{id}: steps with their checks and deadlines, timeline, links and files of an incident (INC-1, INC-2). */
export const GET = route({
  auth: 'person',
  params: z.strictObject({ id: z.uuid() }),
  run: ({ params, now }) => readIncidentDetail(params.id, now),
});
