import { BugQuerySchema, ReportBugSchema } from '#lib/bugs/index.ts';
import { listBugs, reportBug } from '#lib/bugs/server.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/bugs?rollout=…&severity=…&before=…: reported bugs, newest first, page by page (TEL-9). */
export const GET = route({
  auth: 'person',
  query: BugQuerySchema,
  run: ({ query }) => listBugs(query),
});

/** POST /api/v1/bugs: a person reports a bug; it counts once, as telemetry of the phase the rollout is in (TEL-9). */
export const POST = route({
  auth: 'person',
  permission: 'report_bug',
  body: ReportBugSchema,
  run: ({ actor, body, trigger, now }) =>
    reportBug({ ...body, actor: { id: actor.id, name: actor.name }, trigger, now }),
});
