import { z } from 'zod';
import { readEventsOfWindow } from '#lib/dashboard/server.ts';
import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';

/** GET …/windows/{start}/events: its slowest and failing events, read again from where they came from, within bounds. */
export const GET = route({
  auth: 'person',
  rateLimit: 'windowReadings',
  params: z.strictObject({ rollout: z.string().min(1).max(64), start: z.iso.datetime() }),
  run: async ({ params }) => {
    return found(
      await readEventsOfWindow(params.rollout, new Date(params.start)),
      `window of a rollout ${params.rollout} that begins at ${params.start}`,
    );
  },
});
