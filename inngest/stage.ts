import { log } from '#lib/config/server.ts';

/** Warns of a stage that ended after its slot (COL-4); the cycle's row keeps it. */
export function warnIfLate(
  stage: string,
  windowStart: string,
  { missedDeadline }: { missedDeadline: boolean },
): void {
  if (missedDeadline) log('cycle').warn({ stage, windowStart }, 'a stage of the cycle missed its deadline');
}
