import { hash } from 'node:crypto';
import type { Policy } from '#lib/policy/index.ts';
import { evaluateFlag, type FlagEvaluation, type FlagState, flagKeysOf } from './evaluate-flag.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { evaluateSignal, type Standing, signalKeysOf } from './signals.ts';

/** All that evaluations depend on, as it was read at one moment. */
export type FlagConfiguration = {
  /** Rises with every step of any rollout and never falls. */
  version: number;
  /** Version and content: changes with the policy's defaults, too. */
  tag: string;
  /** When the newest of it was stored, in seconds since 1970. */
  lastModifiedSeconds: number;
  policy: Policy;
  states: readonly FlagState[];
  standings: readonly Standing[];
};

/** Puts together what was read. Pure. */
export function composeConfiguration(read: {
  policy: Policy;
  states: readonly FlagState[];
  standings: readonly Standing[];
  version: number;
  lastModifiedSeconds: number;
}): FlagConfiguration {
  const words = Object.entries(read.policy.rollouts).map(([id, rollout]) => [
    id,
    rollout.flagDefaults,
    rollout.signals,
  ]);
  return { ...read, tag: `${read.version}-${digest([words, read.states, read.standings])}` };
}

/** One flag or signal for one person; null: the policy has none of that name. */
export function evaluateKey(
  configuration: FlagConfiguration,
  key: string,
  context: EvaluationContext,
): FlagEvaluation | null {
  return (
    evaluateFlag({ ...configuration, flagKey: key, context }) ?? evaluateSignal({ ...configuration, key })
  );
}

/** Every flag, then every signal, for one person, in the order of the policy. */
export function evaluateAll(configuration: FlagConfiguration, context: EvaluationContext): FlagEvaluation[] {
  const { policy } = configuration;
  return [...flagKeysOf(policy), ...signalKeysOf(policy)].flatMap(
    (key) => evaluateKey(configuration, key, context) ?? [],
  );
}

/**
 * The entity tag of a bulk answer: the configuration and the context it was evaluated for, because another person's
 * answer must never count as unchanged (OFREP leaves this open).
 */
export function answerTag(configuration: FlagConfiguration, context: EvaluationContext): string {
  return `"${configuration.tag}-${digest(context)}"`;
}

/** The version inside a tag of ours, or null for anything else. */
export function versionOfTag(tag: string): number | null {
  const version = /^(?:W\/)?"?(\d{1,15})-/.exec(tag.trim())?.[1];
  return version === undefined ? null : Number(version);
}

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(canonical(value)), 'base64url').slice(0, 22);
}

/** The same value with the keys of its objects in one order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)]);
}
