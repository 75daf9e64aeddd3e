import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { ShareRcaSchema } from '#lib/incidents/index.ts';
import { shareRca } from '#lib/incidents/server.ts';

/** POST /api/v1/incidents/{id}/rca-shared: the RCA can be read there (ROL-6). */
export const POST = route({
  auth: 'person',
  permission: 'close_incident',
  params: z.strictObject({ id: z.uuid() }),
  body: ShareRcaSchema,
  run: ({ actor, params, body, now }) =>
    shareRca({ ...body, incidentId: params.id, actor: { id: actor.id, name: actor.name }, now }),
});
