import type { RolloutState } from '#lib/rollouts/index.ts';

/** Why a rollout is not rehearsed on now; stable codes. */
export type RehearsalRefusal = 'incident_open' | 'rollback_open' | 'halted' | 'not_started' | 'step_unproven';

/**
 * A rehearsal must never stand beside the real thing (ROL-8): not while an incident or a required rollback is open, not while
 * a step is being read back, not where nothing is on. null: it may be played. Pure.
 */
export function whyNotNow(now: {
  state: RolloutState;
  incidentOpen: boolean;
  rollbackOpen: boolean;
}): RehearsalRefusal | null {
  if (now.state === 'halted') return 'halted';
  if (now.rollbackOpen) return 'rollback_open';
  if (now.incidentOpen) return 'incident_open';
  if (now.state === 'preparing') return 'not_started';
  if (now.state === 'promoting' || now.state === 'rolling_back') return 'step_unproven';
  return null;
}
