import { cron } from 'inngest';
import { loadPolicy } from '#lib/policy/server.ts';
import { writeDailyReports } from '#lib/reporter/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { dailyReportRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

// Zone and time count from the next start on, when functions are registered again.
const { timezone, reporting } = (await loadPolicy()).policy;
const [hour, minute] = reporting.dailyAt.split(':').map(Number);

/** Sums up the day before each morning, and days that were missed (REP-6). */
export const dailyReport = inngest.createFunction(
  {
    id: 'daily-report',
    name: 'Report the day before',
    triggers: [cron(`TZ=${timezone} ${minute} ${hour} * * *`), dailyReportRequested],
    concurrency: 1,
    retries: 3,
    onFailure,
  },
  ({ step }) => step.run('report', () => attempt(() => writeDailyReports(new Date()))),
);
