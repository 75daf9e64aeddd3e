import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { NameOwnerSchema } from '#lib/incidents/index.ts';
import { nameOwner } from '#lib/incidents/server.ts';

/** POST /api/v1/incidents/{id}/owner: who owns an incident and its RCA (INC-1). */
export const POST = route({
  auth: 'person',
  permission: 'close_incident',
  params: z.strictObject({ id: z.uuid() }),
  body: NameOwnerSchema,
  run: ({ actor, params, body, now }) =>
    nameOwner({ ...body, incidentId: params.id, actor: { id: actor.id, name: actor.name }, now }),
});
