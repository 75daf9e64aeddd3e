import type { FlagConfiguration } from './configuration.ts';
import {
  COHORTS_OF_AUDIENCE,
  closedBy,
  controlsOf,
  type FlagEvaluation,
  type FlagValue,
  flagKeysOf,
  variantOf,
} from './evaluate-flag.ts';
import { evaluateSignal, signalKeysOf } from './signals.ts';

/** flagd divides into whole weights; a hundred-thousandth is finer than any share in a policy. */
const WEIGHTS = 100_000;

type Rule = boolean | { readonly [operator: string]: unknown };
export type FlagdFlag = {
  state: 'ENABLED';
  variants: Record<string, FlagValue>;
  defaultVariant: string;
  targeting: Rule | Record<string, never>;
  metadata: Record<string, string>;
};
export type FlagdDocument = {
  $schema: string;
  flags: Record<string, FlagdFlag>;
  metadata: Record<string, string | number>;
};

/**
 * The flags as a flagd configuration: the same cohorts, the same AND over rollouts, the same shares. flagd draws the
 * share with a hash of its own, so a share is equally large there but of other people; raising it turns nobody off
 * there either. Pure.
 */
export function flagdDocument(configuration: FlagConfiguration): FlagdDocument {
  const { policy, states, version, tag } = configuration;
  const flags = flagKeysOf(policy).flatMap((flagKey) => {
    const controls = controlsOf(policy, states, flagKey);
    const [first] = controls;
    if (!first) return [];
    const offered = closedBy(controls) ? null : (first.setting?.value ?? null);
    const values = [
      ...controls.map(({ defaultValue }) => defaultValue),
      ...(offered === null ? [] : [offered]),
    ];
    const flag: FlagdFlag = {
      state: 'ENABLED',
      variants: Object.fromEntries(values.map((value) => [variantOf(value), value])),
      defaultVariant: variantOf(closedBy(controls)?.control.defaultValue ?? first.defaultValue),
      targeting: offered === null ? {} : chain(controls, flagKey, variantOf(offered)),
      metadata: { rollouts: controls.map(({ rolloutId }) => rolloutId).join(' ') },
    };
    return [[flagKey, flag] as const];
  });
  const signals = signalKeysOf(policy).flatMap((key) => {
    const signal = evaluateSignal({ ...configuration, key });
    return signal ? [[key, signalFlag(policy, key, signal)] as const] : [];
  });
  return {
    $schema: 'https://flagd.dev/schema/v0/flags.json',
    flags: Object.fromEntries([...flags, ...signals]),
    metadata: { version, configuration: tag },
  };
}

/** A signal says the same to everybody, so its variant of now is the default and nothing is left to target. */
function signalFlag(policy: FlagConfiguration['policy'], key: string, now: FlagEvaluation): FlagdFlag {
  const rollouts = Object.entries(policy.rollouts).filter(([, { signals }]) => Object.hasOwn(signals, key));
  const values = rollouts.flatMap(([, { signals }]) => {
    const signal = signals[key];
    return signal ? [signal.normal, signal.raised] : [];
  });
  return {
    state: 'ENABLED',
    variants: Object.fromEntries(values.map((value) => [variantOf(value), value])),
    defaultVariant: now.variant,
    targeting: {},
    metadata: { rollouts: rollouts.map(([rolloutId]) => rolloutId).join(' ') },
  };
}

/** if (not admitted by the first) its default, else if (not by the second) …, else the value. */
function chain(
  controls: ReturnType<typeof controlsOf>,
  flagKey: string,
  offered: string,
): FlagdFlag['targeting'] {
  const steps = controls.flatMap((control) => {
    const rule = admission(control, flagKey);
    return rule === true ? [] : [{ '!': [rule] }, variantOf(control.defaultValue)];
  });
  return { if: steps.length === 0 ? [true, offered] : [...steps, offered] };
}

function admission({ rolloutId, setting }: ReturnType<typeof controlsOf>[number], flagKey: string): Rule {
  if (setting === null) return false;
  switch (setting.audience) {
    case 'everyone':
      return true;
    case 'qa':
    case 'beta': {
      const cohorts = COHORTS_OF_AUDIENCE[setting.audience];
      return {
        or: [
          { in: [{ var: 'cohort' }, cohorts] },
          ...cohorts.map((cohort) => ({ in: [cohort, { var: ['groups', []] }] })),
        ],
      };
    }
    case 'exposure': {
      if (setting.exposureRatio === 1) return true;
      const admitted = Math.round(setting.exposureRatio * WEIGHTS);
      const draw = { cat: [rolloutId, '/', flagKey, '/', { var: 'targetingKey' }] };
      return { '==': [{ fractional: [draw, ['in', admitted], ['out', WEIGHTS - admitted]] }, 'in'] };
    }
  }
}
