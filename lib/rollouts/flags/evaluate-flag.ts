import type { Policy } from '#lib/policy/index.ts';
import type { FlagSetting } from '../rollout.schema.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { exposurePosition } from './exposure.ts';

export type FlagValue = FlagSetting['value'];
type Audience = FlagSetting['audience'];

/** Where a rollout stands and what it serves; `null` settings where nothing was stored for that phase. */
export type FlagState = {
  rolloutId: string;
  phase: string;
  flagKey: string;
  setting: FlagSetting | null;
};

export type EvaluationReason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'UNKNOWN';

/** What one person gets. `rolloutId` and `phase` name the rollout that decided; no phase when it was never started. */
export type FlagEvaluation = {
  key: string;
  value: FlagValue;
  variant: string;
  reason: EvaluationReason;
  rolloutId: string;
  phase: string | null;
};

/**
 * Who belongs to the audience of a phase, by their cohorts. The audiences grow: the beta phases admit the people of QA
 * and development too, so that a promotion takes a flag from nobody who had it.
 */
export const COHORTS_OF_AUDIENCE: Readonly<Record<'qa' | 'beta', readonly string[]>> = {
  qa: ['qa', 'dev'],
  beta: ['qa', 'dev', 'beta'],
};

/** A rollout's word on one flag before anybody asks: what it would give, to whom, and what others get. */
type Control = {
  rolloutId: string;
  phase: string | null;
  defaultValue: FlagValue;
  setting: FlagSetting | null;
};

/** The flags that the policy knows, in the order in which it names them. */
export function flagKeysOf(policy: Policy): string[] {
  return [...new Set(Object.values(policy.rollouts).flatMap((rollout) => Object.keys(rollout.flagDefaults)))];
}

/**
 * What a flag is for one person (PHA-1). Each rollout that controls the flag asks for a value: the one of its phase for
 * people it admits, else its default. They get a value only when all rollouts ask for that same value; otherwise they
 * get the default of the first rollout (in the order of the policy) that does not let them through.
 *
 * Admitted: by cohort in `qa` and `beta` phases (COHORTS_OF_AUDIENCE: beta includes qa and dev), everybody in
 * `everyone`, a stable share of targeting keys in `exposure`. A rollout that was never started admits nobody.
 *
 * Reasons: DISABLED nobody can get anything but the default now; STATIC everybody gets the value; TARGETING_MATCH
 * cohorts decided, also when they said no; SPLIT the share decided; UNKNOWN a started rollout has no stored flag.
 * `states` hold the rollouts that were started. null: no rollout controls a flag of that name. Pure.
 */
export function evaluateFlag(input: {
  policy: Policy;
  states: readonly FlagState[];
  flagKey: string;
  context: EvaluationContext;
}): FlagEvaluation | null {
  const controls = controlsOf(input.policy, input.states, input.flagKey);
  const [first] = controls;
  return first ? decide(input.flagKey, first, controls, input.context) : null;
}

// What was read once answers thousands of requests; it is found by its identity and goes when it goes.
const known = new WeakMap<
  readonly FlagState[],
  { policy: Policy; controls: Map<string, readonly Control[]> }
>();

/** The rollouts that control a flag, in the order of the policy; none for a name that the policy does not have. */
export function controlsOf(
  policy: Policy,
  states: readonly FlagState[],
  flagKey: string,
): readonly Control[] {
  let found = known.get(states);
  if (found?.policy !== policy) {
    const controls = flagKeysOf(policy).map((key) => [key, findControls(policy, states, key)] as const);
    found = { policy, controls: new Map(controls) };
    known.set(states, found);
  }
  return found.controls.get(flagKey) ?? [];
}

function findControls(policy: Policy, states: readonly FlagState[], flagKey: string): Control[] {
  return Object.entries(policy.rollouts).flatMap(([rolloutId, rollout]) => {
    const defaultValue = Object.hasOwn(rollout.flagDefaults, flagKey)
      ? rollout.flagDefaults[flagKey]
      : undefined;
    if (defaultValue === undefined) return [];
    const state = states.find((each) => each.rolloutId === rolloutId && each.flagKey === flagKey);
    return [{ rolloutId, phase: state?.phase ?? null, defaultValue, setting: state?.setting ?? null }];
  });
}

/** Why a flag stands at its default for everybody, or null where somebody can get another value now. */
export function closedBy(
  controls: readonly Control[],
): { control: Control; reason: 'DISABLED' | 'UNKNOWN' } | null {
  const unknown = controls.find(({ phase, setting }) => phase !== null && setting === null);
  if (unknown) return { control: unknown, reason: 'UNKNOWN' };
  const offered = controls[0]?.setting?.value;
  const closed = controls.find(
    ({ defaultValue, setting }) =>
      setting === null ||
      setting.value === defaultValue ||
      setting.value !== offered ||
      (setting.audience === 'exposure' && setting.exposureRatio === 0),
  );
  return closed ? { control: closed, reason: 'DISABLED' } : null;
}

function decide(
  key: string,
  first: Control,
  controls: readonly Control[],
  context: EvaluationContext,
): FlagEvaluation {
  const answer = (control: Control, value: FlagValue, reason: EvaluationReason): FlagEvaluation => ({
    key,
    value,
    variant: variantOf(value),
    reason,
    rolloutId: control.rolloutId,
    phase: control.phase,
  });
  const closed = closedBy(controls);
  if (closed) return answer(closed.control, closed.control.defaultValue, closed.reason);
  const refusal = controls.find(({ rolloutId, setting }) => !admits(rolloutId, key, setting, context));
  if (refusal) return answer(refusal, refusal.defaultValue, reasonOf(refusal.setting?.audience));
  const narrowest =
    controls.find(({ setting }) => setting?.audience === 'exposure' && setting.exposureRatio < 1) ??
    controls.find(({ setting }) => setting?.audience === 'qa' || setting?.audience === 'beta');
  return answer(
    narrowest ?? first,
    first.setting?.value ?? first.defaultValue,
    narrowest ? reasonOf(narrowest.setting?.audience) : 'STATIC',
  );
}

function reasonOf(audience: Audience | undefined): EvaluationReason {
  return audience === 'exposure' ? 'SPLIT' : 'TARGETING_MATCH';
}

function admits(
  rolloutId: string,
  flagKey: string,
  setting: FlagSetting | null,
  context: EvaluationContext,
): boolean {
  if (setting === null) return false;
  switch (setting.audience) {
    case 'everyone':
      return true;
    case 'qa':
    case 'beta': {
      const cohorts = COHORTS_OF_AUDIENCE[setting.audience];
      return [context.cohort, ...(context.groups ?? [])].some(
        (cohort) => cohort !== undefined && cohorts.includes(cohort),
      );
    }
    case 'exposure':
      return exposurePosition(rolloutId, flagKey, context.targetingKey) < setting.exposureRatio;
  }
}

/** The name of a value: `on` and `off` for switches, else the value itself, such as `readonly`. */
export function variantOf(value: FlagValue): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}
