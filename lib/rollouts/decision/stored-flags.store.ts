import type { Database, Transaction } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { servedSettings } from '../flag-settings.ts';
import { FlagSettingSchema, type Rollout } from '../rollout.schema.ts';

/**
 * Whether what is stored to be served for a rollout equals what the policy says of where it stands (PHA-1): the settings
 * of its phase, or the defaults while it waits to be started. Flags that the policy has left out are served to nobody.
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
  return Object.entries(servedSettings(policy, rollout)).every(([flag, asked]) => {
    const found = stored.get(flag);
    return (
      found !== undefined &&
      found.value === asked.value &&
      found.audience === asked.audience &&
      found.exposureRatio === asked.exposureRatio
    );
  });
}
