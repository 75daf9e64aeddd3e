import type { FailureEventArgs } from 'inngest';
import { recordJobFailure } from '#lib/watch/server.ts';

/** Every function's failure handler: it puts the failure on record. */
export async function onFailure({ event, error }: Pick<FailureEventArgs, 'event' | 'error'>): Promise<void> {
  await recordJobFailure({
    functionId: event.data.function_id,
    runId: event.data.run_id,
    message: error.message,
  });
}
