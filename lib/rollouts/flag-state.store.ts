import { database } from '#lib/database/server.ts';
import type { FlagState } from './flags/evaluate-flag.ts';
import { raisesSignals, type Standing } from './flags/signals.ts';
import { FlagSettingSchema, LiveStateSchema, RolloutStateSchema } from './rollout.schema.ts';

type StateRow = {
  rolloutId: string;
  phase: string;
  state: string;
  resumeState: string | null;
  rolloutVersion: number;
  updatedAt: Date;
  flagKey: string | null;
  flagPhase: string | null;
  value: unknown;
  audience: string | null;
  exposureRatio: number | null;
};

export type StoredFlags = {
  states: FlagState[];
  standings: Standing[];
  version: number;
  lastModifiedSeconds: number;
};

/**
 * What every started rollout serves, read in one statement: never half of a step. A flag that was stored for another
 * phase than the one its rollout stands in has no setting. `version`: the sum of the rollouts' versions, which only rise.
 */
export async function readStoredFlags(
  flagKeysByRollout: ReadonlyMap<string, readonly string[]>,
): Promise<StoredFlags> {
  const rows = await database().$queryRaw<StateRow[]>`
    SELECT r.id AS "rolloutId", r.phase, r.state, r.resume_state AS "resumeState",
           r.version AS "rolloutVersion", r.updated_at AS "updatedAt",
           f.flag_key AS "flagKey", f.phase AS "flagPhase", f.value, f.audience, f.exposure_ratio AS "exposureRatio"
    FROM rollout r LEFT JOIN flag_state f ON f.rollout_id = r.id
    ORDER BY r.id, f.flag_key`;
  const rollouts = new Map(rows.map((row) => [row.rolloutId, row]));
  const states = [...rollouts.values()].flatMap(({ rolloutId, phase }) =>
    (flagKeysByRollout.get(rolloutId) ?? []).map((flagKey) => {
      const row = rows.find(
        (each) => each.rolloutId === rolloutId && each.flagKey === flagKey && each.flagPhase === phase,
      );
      return { rolloutId, phase, flagKey, setting: row ? settingOf(row) : null };
    }),
  );
  const changedMs = Math.max(0, ...[...rollouts.values()].map((row) => row.updatedAt.getTime()));
  return {
    states,
    standings: [...rollouts.values()].map(({ rolloutId, phase, state, resumeState }) => ({
      rolloutId,
      phase,
      raised: raisesSignals({
        state: RolloutStateSchema.parse(state),
        resumeState: LiveStateSchema.nullable().parse(resumeState),
      }),
    })),
    version: [...rollouts.values()].reduce((sum, row) => sum + row.rolloutVersion, 0),
    lastModifiedSeconds: Math.floor(changedMs / 1000),
  };
}

function settingOf({ value, audience, exposureRatio }: StateRow) {
  return FlagSettingSchema.parse({ value, audience, exposureRatio });
}
