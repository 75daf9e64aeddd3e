import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';
import { readSloCsv } from '#lib/slo/server.ts';
import { SloCsvQuerySchema } from '#lib/slo/slo-report.schema.ts';

/** GET /api/v1/slo/csv?rollout=…&month=YYYY-MM&table=…: the committee's report for spreadsheets (DASH-4). */
export const GET = route({
  auth: 'either',
  scopes: ['read:metrics'],
  query: SloCsvQuerySchema,
  run: async ({ query, now }) => {
    const file = found(await readSloCsv(query, now), `rollout ${query.rollout}`);
    return new Response(file.content, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
        'x-content-type-options': 'nosniff',
      },
    });
  },
});
