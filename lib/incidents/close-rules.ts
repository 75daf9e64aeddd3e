/** Why an incident cannot be closed yet; texts are rendered from the code. */
export type CloseRefusal =
  | { refused: 'rollback_open' }
  | { refused: 'step_unproven' }
  | { refused: 'not_recovered'; metWindows: number; needed: number };

/**
 * In how many windows running, up to the newest, the SLO was met (INC-1). A window without enough data neither counts nor
 * breaks. `windows`: newest first. Pure.
 */
export function greenWindows(windows: readonly { sloMet: boolean | null }[]): number {
  const telling = windows.filter(({ sloMet }) => sloMet !== null);
  const unmet = telling.findIndex(({ sloMet }) => sloMet === false);
  return unmet === -1 ? telling.length : unmet;
}

/**
 * Whether an incident is over (INC-1): no rollback waits for its decision or its proof, and the newest `needed` windows
 * that tell met the SLO, all after it was opened and in the phase the rollout is in now. null: it is over. Pure.
 *
 * `windows`: of the phase the rollout is in, those that ended after the incident was opened, newest first.
 */
export function whyStillOpen(facts: {
  rollbackOpen: boolean;
  stepUnproven: boolean;
  windows: readonly { sloMet: boolean | null }[];
  needed: number;
}): CloseRefusal | null {
  const { rollbackOpen, stepUnproven, windows, needed } = facts;
  if (rollbackOpen) return { refused: 'rollback_open' };
  if (stepUnproven) return { refused: 'step_unproven' };
  const metWindows = greenWindows(windows);
  return metWindows >= needed ? null : { refused: 'not_recovered', metWindows, needed };
}
