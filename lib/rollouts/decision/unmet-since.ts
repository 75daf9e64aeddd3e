import type { VerdictFact } from '../gates/gate-facts.ts';

/**
 * Since when the SLO has been unmet without a break (PHA-5): the start of the oldest window of that run, or null while the
 * newest window that tells is met. Windows that cannot tell neither count nor end the run; a met one ends it, and so does
 * a missing one: what nobody has seen must not roll back. Each window counts by the rules it was judged by, so that editing
 * the policy does not set the clock back. `verdicts`: newest first.
 */
export function unmetSince(verdicts: readonly VerdictFact[]): Date | null {
  let since: Date | null = null;
  let expectedEndMs: number | null = null;
  for (const { sloMet, windowStart, windowEnd } of verdicts) {
    if (sloMet === true || (expectedEndMs !== null && windowEnd.getTime() !== expectedEndMs)) break;
    if (sloMet === false) since = windowStart;
    expectedEndMs = windowStart.getTime();
  }
  return since;
}
