import { z } from 'zod';
import { readRolloutView } from '#lib/dashboard/server.ts';
import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';

export const dynamic = 'force-dynamic';

export const GET = route({
  auth: 'person',
  params: z.object({ rollout: z.string() }),
  run: async ({ actor, params, now }) => {
    return found(await readRolloutView(params.rollout, actor, now), `rollout ${params.rollout}`);
  },
});
