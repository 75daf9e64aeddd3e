import type { Database, Transaction } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { flagSettingsOf } from '../flag-settings.ts';
import { FlagSettingSchema, type Rollout } from '../rollout.schema.ts';

/**
 * Whether what is stored to be served for a rollout equals what the policy says of its phase (PHA-1). While it is being
 * prepared nothing may be stored for its phase but the defaults: nothing was started.
 */
export async function storedFlagsAreOfPolicy(
  reader: Transaction | Database,
  policy: Policy,
  rollout: Rollout,
): Promise<boolean> {
  const rows = await reader.flagState.findMany({ where: { rolloutId: rollout.id, phase: rollout.phase } });
  const stored = new Map(
    rows.map(({ flagKey, value, audience, exposureRatio }) => [
      flagKey,
      FlagSettingSchema.parse({ value, audience, exposureRatio }),
    ]),
  );
  const place = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  if (place === 'preparing') {
    const defaults = policy.rollouts[rollout.id]?.flagDefaults ?? {};
    return [...stored].every(([flag, { value }]) => value === defaults[flag]);
  }
  return Object.entries(flagSettingsOf(policy, rollout.id, rollout.phase)).every(([flag, asked]) => {
    const found = stored.get(flag);
    return (
      found !== undefined &&
      found.value === asked.value &&
      found.audience === asked.audience &&
      found.exposureRatio === asked.exposureRatio
    );
  });
}
