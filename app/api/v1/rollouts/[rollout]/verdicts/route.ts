import { z } from 'zod';
import { readVerdicts } from '#lib/dashboard/server.ts';
import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/rollouts/{rollout}/verdicts?before=…: the latest verdicts, newest first, page by page (ANA-4). */
export const GET = route({
  auth: 'either',
  scopes: ['read:verdicts'],
  params: z.strictObject({ rollout: z.string().min(1).max(64) }),
  query: z.strictObject({ before: z.iso.datetime().optional() }),
  run: async ({ params, query }) => {
    const before = query.before === undefined ? null : new Date(query.before);
    return found(await readVerdicts(params.rollout, before), `rollout ${params.rollout}`);
  },
});
