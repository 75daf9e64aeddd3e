import { route } from '#lib/http/server.ts';
import { ReportPathSchema } from '#lib/reporter/index.ts';
import { readReport } from '#lib/reporter/server.ts';

/** GET /api/v1/reports/file?path=…: a report as it is kept, Markdown or JSON, to be saved under its own name (REP-5). */
export const GET = route({
  auth: 'person',
  query: ReportPathSchema,
  run: async ({ query: { path } }) =>
    new Response(await readReport(path), {
      headers: {
        'content-type': path.endsWith('.json') ? 'application/json' : 'text/markdown; charset=utf-8',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(path.split('/').at(-1) ?? path)}`,
        'x-content-type-options': 'nosniff',
      },
    }),
});
