import { countWaitingBodies } from '#lib/collector/server.ts';
import { runFastLane } from '#lib/rollouts/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { telemetryArrived } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/**
 * Looks at what has just arrived, without waiting for its window to close: a proven breach or a violation that was sent
 * starts the decision about a step back (TEL-8). One step, so that nothing lies between the look and the flag.
 */
export const fastLane = inngest.createFunction(
  {
    id: 'fast-lane',
    name: 'Act on what has arrived',
    triggers: [telemetryArrived],
    concurrency: 1,
    retries: 3,
    onFailure,
  },
  ({ event, step }) =>
    step.run('look', () =>
      attempt(async () => {
        const counted = await countWaitingBodies();
        const report = await runFastLane({ since: new Date(event.data.since), now: new Date() });
        return { ...report, counted };
      }),
    ),
);
