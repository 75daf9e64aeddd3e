import { z } from 'zod';
import { QuarantinePathSchema } from '#lib/collector/index.ts';
import { discardQuarantined } from '#lib/collector/server.ts';
import { route } from '#lib/http/server.ts';

/** POST /api/v1/quarantine/{id}/discard: set a line aside for good; it stays on record (TEL-10). */
export const POST = route({
  auth: 'person',
  permission: 'resolve_quarantine',
  params: QuarantinePathSchema,
  body: z.strictObject({}),
  run: ({ actor, params, now }) =>
    discardQuarantined({ id: params.id, actor: { id: actor.id, name: actor.name }, now }),
});
