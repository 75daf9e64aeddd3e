import { jobCatalogue } from '#inngest/catalogue.ts';
import { JobListQuerySchema } from '#lib/dashboard/index.ts';
import { readJobs } from '#lib/dashboard/server.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/jobs: every function with its last run and next tick, and a page of runs, newest first (OPS-18). */
export const GET = route({
  auth: 'person',
  query: JobListQuerySchema,
  run: ({ query, now }) => readJobs(jobCatalogue, query, now),
});
