import { QuarantinePathSchema, ReplayRequestSchema } from '#lib/collector/index.ts';
import { replayQuarantined } from '#lib/collector/server.ts';
import { route } from '#lib/http/server.ts';

/** POST /api/v1/quarantine/{id}/replay: count a mended line, once; 422 while it is still refused (TEL-10). */
export const POST = route({
  auth: 'person',
  permission: 'resolve_quarantine',
  params: QuarantinePathSchema,
  body: ReplayRequestSchema,
  bodyLimitBytes: 2_000_000,
  run: ({ actor, params, body, now }) =>
    replayQuarantined({ id: params.id, raw: body.raw, actor: { id: actor.id, name: actor.name }, now }),
});
