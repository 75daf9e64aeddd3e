import { log } from '#lib/config/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { windowsBetween } from '#lib/telemetry/index.ts';
import type { WindowSpan } from './events.ts';

/**
 * Does something for each window of a span, oldest first, and counts the deadlines that were missed; each is a warning
 * (COL-4), and the cycle's row keeps it. Repeating a span after a crash repeats nothing that was done.
 */
export async function eachWindow(
  stage: string,
  { from, to }: WindowSpan,
  work: (windowStart: Date) => Promise<{ missedDeadline: boolean }>,
): Promise<{ windows: number; missedDeadlines: number }> {
  const { policy } = await loadPolicy();
  let [windows, missedDeadlines] = [0, 0];
  for (const { start } of windowsBetween(new Date(from), new Date(to), policy.cycle.windowSeconds)) {
    const { missedDeadline } = await work(start);
    windows += 1;
    if (!missedDeadline) continue;
    missedDeadlines += 1;
    log('cycle').warn({ stage, windowStart: start }, 'a stage of the cycle missed its deadline');
  }
  return { windows, missedDeadlines };
}
