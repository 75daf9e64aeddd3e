/** Why an incident cannot be closed yet; texts are rendered from the code. */
export type CloseRefusal =
  | { refused: 'rollback_open' }
  | { refused: 'step_unproven' }
  | { refused: 'not_recovered'; metWindows: number; needed: number };

/** The SLO must have been met this often running before an incident is over (INC-1). */
export const WINDOWS_TO_CLOSE = 2;

/**
 * Whether an incident is over (INC-1): no rollback waits for its decision or its proof, and the newest two windows that
 * tell, both after it was opened and in the phase the rollout is in now, met the SLO. A window without enough data neither
 * proves nor disproves. null: it may be closed. Pure.
 *
 * `windows`: of the phase the rollout is in, those that ended after the incident was opened, newest first.
 */
export function whyStillOpen(facts: {
  rollbackOpen: boolean;
  stepUnproven: boolean;
  windows: readonly { sloMet: boolean | null }[];
}): CloseRefusal | null {
  if (facts.rollbackOpen) return { refused: 'rollback_open' };
  if (facts.stepUnproven) return { refused: 'step_unproven' };
  const telling = facts.windows.filter(({ sloMet }) => sloMet !== null).slice(0, WINDOWS_TO_CLOSE);
  const unmet = telling.findIndex(({ sloMet }) => sloMet === false);
  const metWindows = unmet === -1 ? telling.length : unmet;
  return metWindows >= WINDOWS_TO_CLOSE
    ? null
    : { refused: 'not_recovered', metWindows, needed: WINDOWS_TO_CLOSE };
}
