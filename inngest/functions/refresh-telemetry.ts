import { cron } from 'inngest';
import { refresh } from '#lib/collector/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { telemetryRefresh, windowCollected } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/** Reads all sources between cycles and has the windows judged again that late events have touched (COL-1, COL-6). */
export const refreshTelemetry = inngest.createFunction(
  {
    id: 'refresh-telemetry',
    name: 'Read telemetry',
    triggers: [cron('* * * * *'), telemetryRefresh],
    concurrency: 1,
    retries: 1,
    onFailure,
  },
  async ({ step, runId }) => {
    const read = await step.run('read', () =>
      attempt(async () => {
        const { events, touchedWindows } = await refresh();
        return { events, touchedWindows };
      }),
    );
    const again = read.touchedWindows.map((windowStart) =>
      windowCollected.create({ windowStart }, { id: `${runId}:${windowStart}` }),
    );
    if (again.length > 0) await step.sendEvent('judge again', again);
    return read;
  },
);
