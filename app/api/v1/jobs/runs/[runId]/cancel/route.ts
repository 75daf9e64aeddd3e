import { cancelJobRun } from '#inngest/job-commands.ts';
import { JobRunPathSchema } from '#lib/dashboard/index.ts';
import { route } from '#lib/http/server.ts';

/** POST /api/v1/jobs/runs/{runId}/cancel: end a run without its result (OPS-18). 409 when it has ended. */
export const POST = route({
  auth: 'person',
  permission: 'cancel_job',
  params: JobRunPathSchema,
  run: ({ actor, params, requestId, now }) => cancelJobRun(params.runId, { actor, requestId, now }),
});
