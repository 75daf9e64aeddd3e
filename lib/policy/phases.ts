import type { Policy } from './policy.schema.ts';
import type { Phase } from './sections/phase.schema.ts';

/** The phase of that name, or undefined where the rollout or phase is unknown. */
export function findPhase(policy: Policy, rolloutId: string, phaseId: string): Phase | undefined {
  return policy.rollouts[rolloutId]?.phases.find((phase) => phase.id === phaseId);
}

/** The phase one step back (ROL-1), or null where nothing is behind. */
export function previousPhase(policy: Policy, rolloutId: string, phaseId: string): Phase | null {
  const phases = policy.rollouts[rolloutId]?.phases ?? [];
  const index = phases.findIndex((phase) => phase.id === phaseId);
  return index > 0 ? (phases[index - 1] ?? null) : null;
}

/** The rollouts that have a phase of this name. */
export function rolloutsWithPhase(policy: Policy, phaseId: string): string[] {
  return Object.entries(policy.rollouts).flatMap(([id, rollout]) =>
    rollout.phases.some((phase) => phase.id === phaseId) ? [id] : [],
  );
}

/** Whether a phase asks for nothing but the defaults: nothing of the feature is on for anybody. */
export function nothingIsOn(policy: Policy, rolloutId: string, phaseId: string): boolean {
  const flags = findPhase(policy, rolloutId, phaseId)?.flags;
  const defaults = policy.rollouts[rolloutId]?.flagDefaults;
  return (
    flags !== undefined &&
    defaults !== undefined &&
    Object.entries(flags).every(([flag, value]) => defaults[flag] === value)
  );
}
