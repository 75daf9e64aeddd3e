import { collectorHealth } from '#lib/collector/server.ts';
import { route } from '#lib/http/server.ts';
import { policyProblem } from '#lib/policy/server.ts';

/**
 * Whether Phasegate can see: 200 while windows are collected in time or nothing has ever arrived, 503 once it is blind.
 * For monitors outside, so it says how old the newest window is and nothing of what is in it. `policy` is `last_valid` while
 * the files in governance/ cannot be used and judging goes on by those before.
 */
export const GET = route({
  auth: 'public',
  run: async ({ now }) => {
    const { state, newestWindowEnd, ageSeconds, dueWindows, pausedSince } = await collectorHealth(now);
    const policy = (await policyProblem()).length > 0 ? 'last_valid' : 'current';
    return Response.json(
      { state, newestWindowEnd, ageSeconds, dueWindows, pausedSince, policy },
      { status: state === 'blind' ? 503 : 200 },
    );
  },
});
