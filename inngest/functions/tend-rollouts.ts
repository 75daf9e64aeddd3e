import { cron, NonRetriableError } from 'inngest';
import { isDeliveryDue } from '#lib/reporter/server.ts';
import { enforceDeadlines, proveChanges, watchRollouts } from '#lib/rollouts/server.ts';
import { inngest } from '../client.ts';
import { deliverSoon } from '../deliver-soon.ts';
import { rollbackDue, tendRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

type Part = { failures: { rolloutId: string; error: string }[] };

/** A part of the work that fails leaves the others alone; the next minute tries it again. */
async function part<T extends Part>(work: () => Promise<T>): Promise<T | Part> {
  try {
    return await work();
  } catch (error) {
    return { failures: [{ rolloutId: '*', error: error instanceof Error ? error.message : String(error) }] };
  }
}

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
    const deadlines = await step.run('deadlines', () => part(() => enforceDeadlines(new Date())));
    const waiting = 'waiting' in deadlines ? deadlines.waiting : [];
    if (waiting.length > 0)
      await step.sendEvent(
        'wake at deadlines',
        waiting.map(({ requestId, dueAt }) =>
          rollbackDue.create({ dueAt }, { id: `rollback-due:${requestId}:${dueAt}` }),
        ),
      );
    const proofs = await step.run('proofs', () => part(() => proveChanges(new Date())));
    const watches = await step.run('watches', async () => ({
      ...(await part(() => watchRollouts(new Date()))),
      deliveryDue: await isDeliveryDue(new Date()),
    }));
    await deliverSoon(step, runId, watches);
    const failures = [deadlines, proofs, watches].flatMap((each) => each.failures);
    if (failures.length > 0)
      throw new NonRetriableError(
        failures.map(({ rolloutId, error }) => `${rolloutId}: ${error}`).join('; '),
      );
    return { deadlines, proofs, watches };
  },
);
