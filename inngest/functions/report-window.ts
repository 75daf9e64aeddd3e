import { markCycle } from '#lib/collector/server.ts';
import { reportWindow } from '#lib/reporter/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { windowAnalyzed } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { warnIfLate } from '../stage.ts';

/** Writes the dashboard file and tells open pages (REP-5, DASH-7). */
export const reportWindowFunction = inngest.createFunction(
  {
    id: 'report-window',
    name: 'Report a window',
    triggers: [windowAnalyzed],
    concurrency: 1,
    retries: 4,
    onFailure,
  },
  async ({ event, step }) => {
    const { windowStart } = event.data;
    const reported = await step.run('report', () =>
      attempt(async () => {
        await reportWindow();
        return markCycle('report', windowStart);
      }),
    );
    warnIfLate('report', windowStart, reported);
    return reported;
  },
);
