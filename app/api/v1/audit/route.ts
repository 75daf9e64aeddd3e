import { readAuditView } from '#lib/dashboard/server.ts';
import { AuditQuerySchema } from '#lib/evidence/index.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/audit?subject=…&action=…&actor=…&from=…&to=…&text=…&before=…: who did what, newest first (OPS-22). */
export const GET = route({
  auth: 'person',
  query: AuditQuerySchema,
  run: ({ query }) => readAuditView(query),
});
