import { QuarantineQuerySchema } from '#lib/collector/index.ts';
import { listQuarantine } from '#lib/collector/server.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/quarantine: lines kept out of the count, newest first (TEL-10). */
export const GET = route({
  auth: 'person',
  query: QuarantineQuerySchema,
  run: ({ query }) => listQuarantine(query),
});
