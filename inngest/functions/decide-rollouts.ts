import { cron } from 'inngest';
import { adoptPolicy } from '#lib/policy/server.ts';
import { isDeliveryDue } from '#lib/reporter/server.ts';
import { decideAll, ensureRollouts } from '#lib/rollouts/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { deliverSoon } from '../deliver-soon.ts';
import { decisionRequested, windowAnalyzed } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { failWith, part } from '../part.ts';

/**
 * Decides every rollout once a minute and after each judged window, and one that was changed at once: gates, required
 * rollbacks, incidents (PHA-3, ROL-3). Puts on record when another version of the policy has come into force, and sets up
 * the rollouts it adds (PHA-1, PHA-6).
 */
export const decideRollouts = inngest.createFunction(
  {
    id: 'decide-rollouts',
    name: 'Decide rollouts',
    triggers: [cron('* * * * *'), windowAnalyzed, decisionRequested],
    concurrency: 1,
    retries: 2,
    onFailure,
  },
  async ({ event, step, runId }) => {
    // First, so that what was added is decided with the others; apart, so that none holds another up when it fails.
    const policy = await step.run('policy', async () => ({
      adopted: await part(() => adoptPolicy(new Date())),
      added: await part(async () => ({ rollouts: await ensureRollouts(new Date()) })),
    }));
    const decided = await step.run('decide', () =>
      attempt(async () => {
        const only = event.name === decisionRequested.name ? event.data.rollouts : undefined;
        const source = event.name === windowAnalyzed.name ? 'cycle' : 'tick';
        const round = await decideAll(source, new Date(), only);
        return { ...round, deliveryDue: await isDeliveryDue(new Date()) };
      }),
    );
    await deliverSoon(step, runId, decided);
    failWith([policy.adopted, policy.added]);
    return decided;
  },
);
