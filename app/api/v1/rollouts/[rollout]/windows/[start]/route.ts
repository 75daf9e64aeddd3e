import { z } from 'zod';
import { readWindow } from '#lib/dashboard/server.ts';
import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/rollouts/{rollout}/windows/{start}: what was said of a window, counted of it, and where it came from (ANA-4). */
export const GET = route({
  auth: 'person',
  params: z.strictObject({ rollout: z.string().min(1).max(64), start: z.iso.datetime() }),
  run: async ({ params }) => {
    return found(
      await readWindow(params.rollout, new Date(params.start)),
      `window of a rollout ${params.rollout} that begins at ${params.start}`,
    );
  },
});
