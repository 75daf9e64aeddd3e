import { findPhase, type Policy } from '#lib/policy/index.ts';
import type { FlagSettings } from './rollout.schema.ts';

/**
 * What a phase asks of each flag its rollout controls (PHA-1).
 * Errors: RangeError when the policy has no such rollout or phase.
 */
export function flagSettingsOf(policy: Policy, rolloutId: string, phaseId: string): FlagSettings {
  const phase = findPhase(policy, rolloutId, phaseId);
  if (!phase) throw new RangeError(`policy has no phase ${phaseId} in rollout ${rolloutId}`);
  return Object.fromEntries(
    Object.entries(phase.flags).map(([flag, value]) => [
      flag,
      { value, audience: phase.audience, exposureRatio: phase.exposureRatio },
    ]),
  );
}
