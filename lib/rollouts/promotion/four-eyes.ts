/**
 * Four eyes (PHA-3): at least two distinct people among those whose yes counts and whoever presses. Phasegate itself is no
 * person: where it acts, two people must have approved. `promoterId` null: Phasegate. Pure.
 */
export function fourEyes(approverIds: readonly string[], promoterId: string | null): boolean {
  return new Set(promoterId === null ? approverIds : [...approverIds, promoterId]).size >= 2;
}
