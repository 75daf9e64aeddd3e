import type { Policy } from '#lib/policy/index.ts';
import type { LiveState, RolloutState } from '../rollout.schema.ts';
import { type FlagEvaluation, variantOf } from './evaluate-flag.ts';

/** Where a started rollout stands, as far as what clients are told depends on it. */
export type Standing = {
  rolloutId: string;
  phase: string;
  /** Whether it raises its signals now (ROL-4). */
  raised: boolean;
};

const RAISING: ReadonlySet<RolloutState | null> = new Set(['rolling_back', 'watching']);

/**
 * Whether a rollout raises its signals: from the step back until it has recovered, also while a kill switch holds it
 * there (ROL-4). Pure.
 */
export function raisesSignals(place: { state: RolloutState; resumeState: LiveState | null }): boolean {
  return RAISING.has(place.state === 'halted' ? place.resumeState : place.state);
}

/** The signals that the policy knows, in the order in which it names them. */
export function signalKeysOf(policy: Policy): string[] {
  return [...new Set(Object.values(policy.rollouts).flatMap(({ signals }) => Object.keys(signals)))];
}

/**
 * What a signal such as `autosave.lock` says: the same to everybody. Unlike a feature it needs no agreement: any one
 * rollout that raises it raises it (ROL-4), and its name is in the answer. null: no rollout has a signal of that name.
 * Pure.
 */
export function evaluateSignal(input: {
  policy: Policy;
  standings: readonly Standing[];
  key: string;
}): FlagEvaluation | null {
  const { policy, standings, key } = input;
  const speakers = Object.entries(policy.rollouts).flatMap(([rolloutId, { signals }]) => {
    const signal = Object.hasOwn(signals, key) ? signals[key] : undefined;
    const standing = standings.find((each) => each.rolloutId === rolloutId);
    return signal ? [{ rolloutId, signal, standing }] : [];
  });
  const speaker = speakers.find(({ standing }) => standing?.raised) ?? speakers[0];
  if (!speaker) return null;
  const { rolloutId, signal, standing } = speaker;
  const value = standing?.raised ? signal.raised : signal.normal;
  return {
    key,
    value,
    variant: variantOf(value),
    reason: 'STATIC',
    rolloutId,
    phase: standing?.phase ?? null,
  };
}
