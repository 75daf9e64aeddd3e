import { findPhase, type Policy } from '#lib/policy/index.ts';
import type { FlagSettings, LiveState, RolloutState } from './rollout.schema.ts';

/**
 * What a phase asks of each flag its rollout controls (PHA-1).
 * Errors: RangeError when the policy has no such rollout or phase.
 */
export function flagSettingsOf(policy: Policy, rolloutId: string, phaseId: string): FlagSettings {
  return settings(policy, rolloutId, phaseId, (flags) => flags);
}

/**
 * What a rollout serves where it stands: its phase's settings, and the defaults while it waits to be started.
 * Equal to the stored flags as long as nobody has changed them by another way. Errors: as {@link flagSettingsOf}.
 */
export function servedSettings(
  policy: Policy,
  rollout: { id: string; phase: string; state: RolloutState; resumeState: LiveState | null },
): FlagSettings {
  const state = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  const defaults = policy.rollouts[rollout.id]?.flagDefaults ?? {};
  return settings(policy, rollout.id, rollout.phase, (flags) =>
    state === 'preparing' ? { ...flags, ...defaults } : flags,
  );
}

type Flags = Record<string, string | number | boolean>;

function settings(
  policy: Policy,
  rolloutId: string,
  phaseId: string,
  ask: (flags: Flags) => Flags,
): FlagSettings {
  const phase = findPhase(policy, rolloutId, phaseId);
  if (!phase) throw new RangeError(`policy has no phase ${phaseId} in rollout ${rolloutId}`);
  return Object.fromEntries(
    Object.entries(ask(phase.flags)).map(([flag, value]) => [
      flag,
      { value, audience: phase.audience, exposureRatio: phase.exposureRatio },
    ]),
  );
}
