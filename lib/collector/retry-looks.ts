import { nextWaitMs, type RetryPlan } from '#lib/policy/index.ts';
import type { ReadFailure } from './read-failures.ts';

/**
 * How long to wait before the files are looked at again, in milliseconds; null: no more looks (COL-5). Each failure follows
 * the plan by how often it was met in a row (`looks`), whoever met it; `look` numbers the looks of this collection, so that
 * files that fail one after the other cannot hold it up for longer than one plan. Pure.
 */
export function waitBeforeNextLook(
  failures: readonly Pick<ReadFailure & { looks: number }, 'retryable' | 'looks'>[],
  plan: RetryPlan,
  look: number,
): number | null {
  if (nextWaitMs(plan, look) === null) return null;
  const waits = failures
    .filter(({ retryable }) => retryable)
    .map(({ looks }) => nextWaitMs(plan, looks))
    .filter((waitMs) => waitMs !== null);
  return waits.length > 0 ? Math.min(...waits) : null;
}
