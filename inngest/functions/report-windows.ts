import { markCycle } from '#lib/collector/server.ts';
import { isDeliveryDue, reportWindow } from '#lib/reporter/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { deliverSoon } from '../deliver-soon.ts';
import { windowAnalyzed } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { eachWindow } from '../stage.ts';

/** Writes the dashboard file, tells open pages, and tells people what a window says (REP-4, REP-5, DASH-7). */
export const reportWindows = inngest.createFunction(
  {
    id: 'report-window',
    name: 'Report a window',
    triggers: [windowAnalyzed],
    concurrency: 1,
    retries: 4,
    onFailure,
  },
  async ({ event, step, runId }) => {
    const reported = await step.run('report', () =>
      attempt(async () => {
        const { messages } = await reportWindow();
        const report = await eachWindow(event.data, (windowStart) => markCycle('report', windowStart));
        return { ...report, messages, deliveryDue: await isDeliveryDue(new Date()) };
      }),
    );
    await deliverSoon(step, runId, reported);
    return reported;
  },
);
