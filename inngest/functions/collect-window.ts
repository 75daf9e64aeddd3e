import { collectWindow } from '#lib/collector/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { windowClosed, windowCollected } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { warnIfLate } from '../stage.ts';

/** Counts the telemetry of a closed window (COL-3); one window at a time, in order. */
export const collectWindowFunction = inngest.createFunction(
  {
    id: 'collect-window',
    name: 'Collect a window',
    triggers: [windowClosed],
    concurrency: 1,
    retries: 4,
    onFailure,
  },
  async ({ event, step, runId }) => {
    const { windowStart } = event.data;
    const collected = await step.run('collect', () =>
      attempt(async () => {
        const { missedDeadline, events } = await collectWindow(windowStart);
        return { missedDeadline, events };
      }),
    );
    warnIfLate('collect', windowStart, collected);
    await step.sendEvent('hand on', windowCollected.create({ windowStart }, { id: `${runId}:collected` }));
    return collected;
  },
);
