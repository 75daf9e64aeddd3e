import { DeploymentQuerySchema, RecordDeploymentSchema } from '#lib/deployments/index.ts';
import { listDeployments, recordDeployment } from '#lib/deployments/server.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/deployments?rollout=…&before=…: what reached users, newest first, page by page (DASH-1). */
export const GET = route({
  auth: 'either',
  scopes: ['read:metrics'],
  query: DeploymentQuerySchema,
  run: ({ query }) => listDeployments(query),
});

/** POST /api/v1/deployments: a pipeline or a person says that something reached users; a line on the charts (DASH-1). */
export const POST = route({
  auth: 'either',
  permission: 'record_deployment',
  scopes: ['write:deployments'],
  body: RecordDeploymentSchema,
  run: ({ actor, body, trigger, now }) =>
    recordDeployment({ ...body, actor: { id: actor.id, name: actor.name }, trigger, now }),
});
