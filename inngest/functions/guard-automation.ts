import { cron } from 'inngest';
import { warnOfLongPause } from '#lib/collector/server.ts';
import { guardAutomation as guard } from '#lib/rollouts/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { guardRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/** Presses the kill switch where governance/killswitch-rules.yaml says so, and looks after every stop (OPS-7, COL-9). */
export const guardAutomation = inngest.createFunction(
  {
    id: 'guard-automation',
    name: 'Guard the automation',
    triggers: [cron('* * * * *'), guardRequested],
    concurrency: 1,
    retries: 1,
    onFailure,
  },
  async ({ step }) => {
    const warned = await step.run('pause', () => attempt(() => warnOfLongPause(new Date())));
    const report = await step.run('guard', () => attempt(() => guard(new Date())));
    return { ...report, warned };
  },
);
