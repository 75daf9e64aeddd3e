import { loadPolicy } from '#lib/policy/server.ts';
import { withCounting } from './counting.run.ts';
import { countReceivedBatches } from './http-batch.run.ts';
import { receivedBatchIds } from './http-batch.store.ts';
import { collectionPause } from './pause.store.ts';
import { emptyTotals, type SourceProblem, type Totals } from './totals.ts';

/**
 * Counts the bodies that were too large to be counted before their sender was answered, without reading any file; each
 * once, whoever else counts (COL-2); none while collection is paused (COL-9). Errors: the policy's, the database's.
 */
export async function countWaitingBodies(
  now = new Date(),
): Promise<Pick<Totals, 'batches' | 'events'> & { problems: SourceProblem[] }> {
  const totals = emptyTotals();
  if ((await collectionPause(now)) || (await receivedBatchIds()).length === 0)
    return { batches: 0, events: 0, problems: [] };
  const { policy, catalogue } = await loadPolicy();
  const problems = await withCounting({ policy, catalogue, now }, (counting) =>
    countReceivedBatches(counting, totals),
  );
  return { batches: totals.batches, events: totals.events, problems };
}
