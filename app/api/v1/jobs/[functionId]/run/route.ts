import { runJob } from '#inngest/job-commands.ts';
import { JobFunctionPathSchema } from '#lib/dashboard/index.ts';
import { route } from '#lib/http/server.ts';

/** POST /api/v1/jobs/{functionId}/run: start a function by hand (OPS-18). */
export const POST = route({
  auth: 'person',
  permission: 'run_job',
  params: JobFunctionPathSchema,
  run: async ({ actor, params, requestId, now }) =>
    Response.json(await runJob(params.functionId, { actor, requestId, now }), { status: 202 }),
});
