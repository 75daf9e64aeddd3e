import { loadPolicy } from '#lib/policy/server.ts';
import { windowsBetween } from '#lib/telemetry/index.ts';
import type { WindowSpan } from './events.ts';

/**
 * Does something for each window of a span, oldest first, and counts the deadlines that were missed (COL-4). Repeating a span
 * after a crash repeats nothing that was done.
 */
export async function eachWindow(
  { from, to }: WindowSpan,
  work: (windowStart: Date) => Promise<{ missedDeadline: boolean }>,
): Promise<{ windows: number; missedDeadlines: number }> {
  const { policy } = await loadPolicy();
  let [windows, missedDeadlines] = [0, 0];
  for (const { start } of windowsBetween(new Date(from), new Date(to), policy.cycle.windowSeconds)) {
    const { missedDeadline } = await work(start);
    windows += 1;
    missedDeadlines += Number(missedDeadline);
  }
  return { windows, missedDeadlines };
}
