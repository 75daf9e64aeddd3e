import { countWaitingBodies } from '#lib/collector/server.ts';
import { isDeliveryDue } from '#lib/reporter/server.ts';
import { runFastLane } from '#lib/rollouts/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { deliverSoon } from '../deliver-soon.ts';
import { telemetryArrived, tendRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/**
 * Looks at what has just arrived, without waiting for its window to close: a proven breach or a violation that was sent
 * starts the decision about a step back (TEL-8). It acts in one step, so that nothing lies between the look and the flag.
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
  async ({ event, step, runId }) => {
    const looked = await step.run('look', () =>
      attempt(async () => {
        const counted = await countWaitingBodies();
        const report = await runFastLane({ since: new Date(event.data.since), now: new Date() });
        return { ...report, counted, deliveryDue: await isDeliveryDue(new Date()) };
      }),
    );
    await deliverSoon(step, runId, looked);
    // Proof and deadlines are another run's: neither the flag nor the next look waits for them.
    if (looked.demands.some(({ outcome }) => outcome === 'executed' || outcome === 'opened'))
      await step.sendEvent(
        'tend',
        tendRequested.create({ requestedBy: 'fast lane' }, { id: `${runId}:tend` }),
      );
    return looked;
  },
);
