import { cron } from 'inngest';
import { deliverDue, retireButtons } from '#lib/reporter/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { deliveryRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/**
 * Tells people what waits in the outbox, Slack first (REP-3). Each attempt is on record by itself; what is due again later
 * is found by a later minute.
 */
export const deliverMessages = inngest.createFunction(
  {
    id: 'deliver-messages',
    name: 'Deliver messages',
    triggers: [cron('* * * * *'), deliveryRequested],
    concurrency: 1,
    retries: 1,
    onFailure,
  },
  ({ step }) =>
    step.run('deliver', () =>
      attempt(async () => ({ ...(await deliverDue()), retired: await retireButtons(new Date()) })),
    ),
);
