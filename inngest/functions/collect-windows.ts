import { collectWindow, unlessPaused } from '#lib/collector/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { windowClosed, windowCollected } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { eachWindow } from '../stage.ts';

/** Counts the telemetry of closed windows (COL-3); one run at a time, in order. A pause leaves them to the next plan (COL-9). */
export const collectWindows = inngest.createFunction(
  {
    id: 'collect-window',
    name: 'Collect a window',
    triggers: [windowClosed],
    concurrency: 1,
    retries: 4,
    onFailure,
  },
  async ({ event, step, runId }) => {
    const collected = await step.run('collect', () =>
      attempt(() => unlessPaused(() => eachWindow(event.data, (windowStart) => collectWindow(windowStart)))),
    );
    if (collected === null) return { paused: true };
    await step.sendEvent('hand on', windowCollected.create(event.data, { id: `${runId}:collected` }));
    return collected;
  },
);
