import type { VerdictFact } from '../gates/gate-facts.ts';

/**
 * Since when the SLO has been unmet without a break (PHA-5): the start of the oldest window of that run, or null while the
 * newest window that tells is met. Windows that cannot tell neither count nor end the run; a met one ends it.
 * `verdicts`: newest first.
 */
export function unmetSince(verdicts: readonly VerdictFact[]): Date | null {
  let since: Date | null = null;
  for (const { sloMet, windowStart } of verdicts) {
    if (sloMet === true) break;
    if (sloMet === false) since = windowStart;
  }
  return since;
}
