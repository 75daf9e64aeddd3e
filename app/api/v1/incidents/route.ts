import { route } from '#lib/http/server.ts';
import { IncidentQuerySchema } from '#lib/incidents/index.ts';
import { listIncidents } from '#lib/incidents/server.ts';

/** GET /api/v1/incidents?rollout=…&state=…&before=…: incidents, newest first, page by page (INC-1). */
export const GET = route({
  auth: 'person',
  query: IncidentQuerySchema,
  run: ({ query }) => listIncidents(query),
});
