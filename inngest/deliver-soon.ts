import type { GetStepTools } from 'inngest';
import type { inngest } from './client.ts';
import { deliveryRequested } from './events.ts';

/**
 * Has messages delivered at once instead of by the next minute's run (REP-2). A run that may have caused some looks whether
 * something waits within the step it takes anyway, and tells so here: nothing waits, nothing is sent.
 */
export async function deliverSoon(
  step: Pick<GetStepTools<typeof inngest>, 'sendEvent'>,
  runId: string,
  { deliveryDue }: { deliveryDue: boolean },
): Promise<void> {
  if (!deliveryDue) return;
  await step.sendEvent(
    'deliver',
    deliveryRequested.create({ requestedBy: 'what has just happened' }, { id: `${runId}:deliver` }),
  );
}
