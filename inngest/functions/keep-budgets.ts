import { cron } from 'inngest';
import { countPastWindows } from '#lib/analyzer/server.ts';
import { keepClosedMonths } from '#lib/slo/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { budgetsRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

const WINDOWS_PER_ROUND = 4800;
const ROUNDS = 20;

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
    let counted = 0;
    // A year in quarters of an hour is 35,000 windows of a rollout; what is left after that has its turn in an hour.
    for (let round = 1; round <= ROUNDS; round += 1) {
      const past = await step.run(`count ${round}`, () => attempt(() => countPastWindows(WINDOWS_PER_ROUND)));
      counted += past.counted;
      if (!past.more) break;
    }
    const months = await step.run('months', () => attempt(() => keepClosedMonths(new Date())));
    return { counted, months };
  },
);
