import { evaluateKey, type FlagConfiguration } from '../flags/configuration.ts';
import { controlsOf, type FlagState } from '../flags/evaluate-flag.ts';
import type { EvaluationContext } from '../flags/evaluation-context.ts';
import { exposurePosition } from '../flags/exposure.ts';
import type { FlagSetting, FlagSettings } from '../rollout.schema.ts';

/** One person to ask for, and what they must get. */
export type Probe = {
  context: { targetingKey: string; cohort?: string };
  expected: Record<string, FlagSetting['value']>;
};

const COHORTS = [undefined, 'qa', 'beta'] as const;
const TARGETING_KEYS = 1000;
const MOST_PROBES = 24;

/**
 * The configuration as it must be served when a rollout serves `settings` in `phase`, everything else as it is. Taken from
 * the record of the step and not from the stored flags: those are what is to be proven. Pure.
 */
export function asRecorded(
  stored: FlagConfiguration,
  step: { rolloutId: string; phase: string; settings: FlagSettings },
): FlagConfiguration {
  const { rolloutId, phase, settings } = step;
  const others = stored.states.filter((state) => state.rolloutId !== rolloutId);
  const recorded: FlagState[] = Object.entries(settings).map(([flagKey, setting]) => ({
    rolloutId,
    phase,
    flagKey,
    setting,
  }));
  return { ...stored, states: [...others, ...recorded] };
}

/**
 * Whom to ask for so that a step is proven (ROL-4): one person for each way in which the step can concern people. By
 * cohort, by their place inside and outside the exposure of every rollout that controls a flag, and by what they had
 * before. All that the rollout has a say in is asked, its signals too. Pure.
 */
export function probesOf(rolloutId: string, before: FlagConfiguration, after: FlagConfiguration): Probe[] {
  const rules = after.policy.rollouts[rolloutId];
  const flagKeys = Object.keys(rules?.flagDefaults ?? {});
  const keys = [...flagKeys, ...Object.keys(rules?.signals ?? {})];
  const valuesOf = (configuration: FlagConfiguration, context: EvaluationContext) =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const evaluation = evaluateKey(configuration, key, context);
        return evaluation ? [[key, evaluation.value] as const] : [];
      }),
    );
  const shares = flagKeys.flatMap((flagKey) =>
    controlsOf(after.policy, after.states, flagKey).flatMap(({ rolloutId: owner, setting }) =>
      setting?.audience === 'exposure' ? [{ owner, flagKey, ratio: setting.exposureRatio }] : [],
    ),
  );
  const probes = new Map<string, Probe>();
  for (let i = 0; i < TARGETING_KEYS; i += 1) {
    const targetingKey = `phasegate-proof-${i}`;
    const inside = shares.map(
      ({ owner, flagKey, ratio }) => exposurePosition(owner, flagKey, targetingKey) < ratio,
    );
    for (const cohort of COHORTS) {
      const context = { targetingKey, ...(cohort === undefined ? {} : { cohort }) };
      const expected = valuesOf(after, context);
      const kind = JSON.stringify([cohort, inside, expected, valuesOf(before, context)]);
      if (!probes.has(kind) && probes.size < MOST_PROBES) probes.set(kind, { context, expected });
    }
  }
  return [...probes.values()];
}
