import { z } from 'zod';
import { readRolloutView } from '#lib/dashboard/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { route } from '#lib/http/server.ts';

export const dynamic = 'force-dynamic';

export const GET = route({
  auth: 'person',
  params: z.object({ rollout: z.string() }),
  run: async ({ actor, params, now }) => {
    const view = await readRolloutView(params.rollout, actor, now);
    if (!view) throw new AppError('NOT_FOUND', `There is no rollout ${params.rollout}.`);
    return view;
  },
});
