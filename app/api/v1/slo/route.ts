import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';
import { readSloReport } from '#lib/slo/server.ts';
import { SloQuerySchema } from '#lib/slo/slo-report.schema.ts';

/** GET /api/v1/slo?rollout=…&month=YYYY-MM: the committee's report of a month, or of the rolling period (DASH-4). */
export const GET = route({
  auth: 'either',
  scopes: ['read:metrics'],
  query: SloQuerySchema,
  run: async ({ query, now }) => {
    return found(await readSloReport(query, now), `rollout ${query.rollout}`);
  },
});
