import { env, log } from '#lib/config/server.ts';
import { isDeliveryDue } from '#lib/reporter/server.ts';
import { inngest } from './client.ts';
import { deliveryRequested } from './events.ts';

/**
 * Has what a person's act wrote into the outbox delivered at once (REP-2). Returns at once and never fails: the act is done
 * and waits for nothing, and what is not told now the next minute's run delivers.
 */
export function announceDelivery(): void {
  if (env().inngest.eventKey === undefined) return; // no engine: a test of the route
  void ask();
}

async function ask(): Promise<void> {
  try {
    if (await isDeliveryDue(new Date()))
      await inngest.send(deliveryRequested.create({ requestedBy: 'a person’s act' }));
  } catch (err) {
    log('http').warn({ err }, 'the messages of an act could not be asked for; the next minute delivers them');
  }
}

/** A command whose messages go out right after it. */
export function toldAtOnce<I, O>(run: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return async (input) => {
    const outcome = await run(input);
    announceDelivery();
    return outcome;
  };
}
