import { markCycle } from '#lib/collector/server.ts';
import { reportWindow } from '#lib/reporter/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { windowAnalyzed } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { eachWindow } from '../stage.ts';

/** Writes the dashboard file and tells open pages (REP-5, DASH-7). */
export const reportWindows = inngest.createFunction(
  {
    id: 'report-window',
    name: 'Report a window',
    triggers: [windowAnalyzed],
    concurrency: 1,
    retries: 4,
    onFailure,
  },
  ({ event, step }) =>
    step.run('report', () =>
      attempt(async () => {
        await reportWindow();
        return eachWindow('report', event.data, (windowStart) => markCycle('report', windowStart));
      }),
    ),
);
