import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { CloseIncidentSchema } from '#lib/incidents/index.ts';
import { closeIncident } from '#lib/incidents/server.ts';

/** POST /api/v1/incidents/{id}/close: an incident is over once the SLO was met in two windows running (INC-1). */
export const POST = route({
  auth: 'person',
  permission: 'close_incident',
  params: z.strictObject({ id: z.uuid() }),
  body: CloseIncidentSchema,
  run: ({ actor, params, body, now }) =>
    closeIncident({ ...body, incidentId: params.id, actor: { id: actor.id, name: actor.name }, now }),
});
