import { route } from '#lib/http/server.ts';
import { ReportFileQuerySchema } from '#lib/reporter/index.ts';
import { listReports } from '#lib/reporter/server.ts';

/** GET /api/v1/reports?kind=…&incident=…&rollout=…&before=…: alerts, RCA drafts and other reports, newest first (REP-5). */
export const GET = route({
  auth: 'person',
  query: ReportFileQuerySchema,
  run: ({ query }) => listReports(query),
});
