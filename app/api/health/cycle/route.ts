import { collectorHealth } from '#lib/collector/server.ts';
import { route } from '#lib/http/server.ts';

/**
 * Whether Phasegate can see: 200 while windows are collected in time or nothing has ever arrived, 503 once it is blind.
 * For monitors outside, so it says how old the newest window is and nothing of what is in it.
 */
export const GET = route({
  auth: 'public',
  run: async ({ now }) => {
    const { state, newestWindowEnd, ageSeconds, dueWindows } = await collectorHealth(now);
    return Response.json(
      { state, newestWindowEnd, ageSeconds, dueWindows },
      { status: state === 'blind' ? 503 : 200 },
    );
  },
});
