import type { LiveState, PhaseChange, Rollout, RolloutState } from '../rollout.schema.ts';

/** A step is tried this often right after it was made; then once a minute. */
export const QUICK_ATTEMPTS = 4;

/**
 * Whether a step that is unproven for so long needs a person (ROL-4). One look is never enough: after downtime the first
 * one may come before the endpoint is up. A clock that was set back is outvoted by the number of looks. Pure.
 */
export function needsPerson(
  change: { createdAt: Date; attempts: number },
  escalateAfterSeconds: number,
  now: Date,
): boolean {
  const { createdAt, attempts } = change;
  if (attempts < 2) return false;
  const waitedMs = now.getTime() - createdAt.getTime();
  return (
    waitedMs >= escalateAfterSeconds * 1000 ||
    attempts > QUICK_ATTEMPTS + Math.ceil(escalateAfterSeconds / 60)
  );
}

/** The transition that a proven step completes, where the rollout still waits for it; null: nothing to complete. Pure. */
export function eventOfProof(
  kind: PhaseChange['kind'],
  place: Pick<Rollout, 'state' | 'resumeState'>,
): 'rollback_proven' | 'promotion_proven' | null {
  const state: RolloutState | LiveState | null = place.state === 'halted' ? place.resumeState : place.state;
  if (kind === 'rollback' && state === 'rolling_back') return 'rollback_proven';
  if (kind === 'promotion' && state === 'promoting') return 'promotion_proven';
  return null;
}
