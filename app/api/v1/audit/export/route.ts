import { AuditExportQuerySchema } from '#lib/evidence/index.ts';
import { exportAudit } from '#lib/evidence/server.ts';
import { answerFile, route } from '#lib/http/server.ts';

/** GET /api/v1/audit/export?format=ndjson|csv&…: the entries of the filter, oldest first, as a file (OPS-20, OPS-22). */
export const GET = route({
  auth: 'person',
  query: AuditExportQuerySchema,
  run: async ({ query: { format, ...filter }, now }) =>
    answerFile(exportAudit(format, filter), {
      name: `audit-${now.toISOString().slice(0, 10)}.${format}`,
      type: format === 'csv' ? 'text/csv' : 'application/x-ndjson',
    }),
});
