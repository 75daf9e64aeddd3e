import { cron } from 'inngest';
import { countPastWindows } from '#lib/analyzer/server.ts';
import { keepClosedMonths } from '#lib/slo/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { budgetsRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/** Counts windows that were judged before budgets were, and keeps the committee's report of closed months (DASH-4). */
export const keepBudgets = inngest.createFunction(
  {
    id: 'keep-budgets',
    name: 'Keep error budgets',
    triggers: [cron('50 * * * *'), budgetsRequested],
    concurrency: 1,
    retries: 3,
    onFailure,
  },
  async ({ step }) => {
    const past = await step.run('count', () => attempt(() => countPastWindows()));
    const months = await step.run('months', () => attempt(() => keepClosedMonths(new Date())));
    return { ...past, months };
  },
);
