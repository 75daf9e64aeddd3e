import { cron } from 'inngest';
import { decideAll } from '#lib/rollouts/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { decisionRequested, windowAnalyzed } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/** Decides every rollout once a minute and after each judged window: gates, required rollbacks, incidents (PHA-3, ROL-3). */
export const decideRollouts = inngest.createFunction(
  {
    id: 'decide-rollouts',
    name: 'Decide rollouts',
    triggers: [cron('* * * * *'), windowAnalyzed, decisionRequested],
    concurrency: 1,
    retries: 2,
    onFailure,
  },
  ({ event, step }) =>
    step.run('decide', () =>
      attempt(() => decideAll(event.name === windowAnalyzed.name ? 'cycle' : 'tick', new Date())),
    ),
);
