import { cron } from 'inngest';
import { isDeliveryDue } from '#lib/reporter/server.ts';
import { enforceDeadlines, proveChanges, watchRollouts } from '#lib/rollouts/server.ts';
import { inngest } from '../client.ts';
import { deliverSoon } from '../deliver-soon.ts';
import { rollbackDue, tendRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';
import { failWith, part } from '../part.ts';

type Round = { failures: { rolloutId: string; error: string }[] };
const ofRollouts = ({ failures }: Round) =>
  failures.map(({ rolloutId, error }) => ({ what: rolloutId, error }));

/**
 * Tends rollouts once a minute: executes required rollbacks that nobody decided in time, proves steps by reading back what
 * is served, and watches what was rolled back (ROL-3, ROL-4, ROL-5). Each open deadline gets a run of its own that sleeps
 * until then, so that it is met to the second.
 */
export const tendRollouts = inngest.createFunction(
  {
    id: 'tend-rollouts',
    name: 'Tend rollouts',
    triggers: [cron('* * * * *'), rollbackDue, tendRequested],
    retries: 0,
    onFailure,
  },
  async ({ event, step, runId }) => {
    if (event.name === rollbackDue.name) await step.sleepUntil('deadline', event.data.dueAt);
    const deadlines = await step.run('deadlines', () => part(() => enforceDeadlines(new Date()), ofRollouts));
    const waiting = 'waiting' in deadlines ? deadlines.waiting : [];
    if (waiting.length > 0)
      await step.sendEvent(
        'wake at deadlines',
        waiting.map(({ requestId, dueAt }) =>
          rollbackDue.create({ dueAt }, { id: `rollback-due:${requestId}:${dueAt}` }),
        ),
      );
    const proofs = await step.run('proofs', () => part(() => proveChanges(new Date()), ofRollouts));
    const watches = await step.run('watches', async () => ({
      ...(await part(() => watchRollouts(new Date()), ofRollouts)),
      deliveryDue: await isDeliveryDue(new Date()),
    }));
    await deliverSoon(step, runId, watches);
    failWith([deadlines, proofs, watches]);
    return { deadlines, proofs, watches };
  },
);
