import type { Objective } from '#lib/policy/index.ts';
import { binomialBounds, quantileBoundRanks } from './confidence.ts';
import { isCeiling, isPastWarning, keepsLimit, warningLine } from './limit.ts';
import { type Detail, type Evidence, type Measuring, measure, PERCENT } from './measure.ts';
import { countPast, valueAtRank } from './quantile.ts';
import type { Scope } from './series-index.ts';
import type { VerdictReason } from './verdict.schema.ts';

/** One objective at one evaluation time, before the violation rule looks at its history. */
export type Evaluation = {
  atMs: number;
  state: 'met' | 'unmet' | 'unknown';
  value: number | null;
  samples: number;
  reason: Extract<
    VerdictReason,
    | 'within_limit'
    | 'near_limit'
    | 'past_limit'
    | 'past_limit_unproven'
    | 'bound_undecided'
    | 'no_telemetry'
    | 'too_few_samples'
    | 'no_baseline'
  >;
  detail: Detail;
};

/** Measures and compares an objective at `atMs` (ANA-4). Too few samples are never success and never proof. */
export function evaluateObjective(
  measuring: Measuring,
  objective: Objective,
  scope: Scope,
  atMs: number,
): Evaluation {
  const measured = measure(measuring, objective.metric, scope, objective.window, atMs, objective.minSamples);
  const { samples, detail } = measured;
  if (measured.kind === 'absent')
    return { atMs, state: 'unknown', value: null, samples, reason: measured.why, detail };
  const { value } = measured;
  if (samples < objective.minSamples)
    return {
      atMs,
      state: 'unknown',
      value,
      samples,
      reason: 'too_few_samples',
      detail: { ...detail, min_samples: objective.minSamples },
    };
  const met = keepsLimit(objective.limit, value);
  const proof = objective.judge === 'bound' ? proofOf(objective, measured.evidence) : undefined;
  const known = { atMs, value, samples, detail: { ...detail, ...proof?.detail } };
  if (proof && !proof.met && !proof.unmet)
    return { ...known, state: 'unknown', reason: met ? 'bound_undecided' : 'past_limit_unproven' };
  if (proof ? proof.unmet : !met) return { ...known, state: 'unmet', reason: 'past_limit' };
  const { metrics, judging } = measuring.policy;
  const warnAt = warningLine(objective.limit, metrics[objective.metric]?.unit ?? 'count', judging);
  const near = warnAt !== null && isPastWarning(objective.limit, warnAt, value);
  return { ...known, state: 'met', reason: near ? 'near_limit' : 'within_limit' };
}

type Proof = { met: boolean; unmet: boolean; detail: Detail };

/**
 * What confidence bounds prove, each side at the objective's confidence. Undefined where the metric has no bound
 * (counts, maxima, deltas, averages, weighted rates): there the plain value decides.
 */
function proofOf(objective: Objective, evidence: Evidence): Proof | undefined {
  const { limit, confidence } = objective;
  switch (evidence.kind) {
    case 'none':
    case 'increase':
      return undefined;
    case 'proportion': {
      const { low, high } = binomialBounds(evidence.hits, evidence.trials, confidence);
      const [best, worst] = isCeiling(limit) ? [low, high] : [high, low];
      return {
        met: keepsLimit(limit, worst),
        unmet: !keepsLimit(limit, best),
        detail: { confidence, bound_low: low, bound_high: high },
      };
    }
    case 'distribution': {
      // The P95 is past the line exactly when more than 5 % of all values are; order statistics say the same in ms.
      const { distribution } = evidence;
      const share = 1 - PERCENT / 100;
      const past = countPast(distribution, limit.value);
      const above = binomialBounds(past.least, distribution.count, confidence).low > share;
      const notAbove = binomialBounds(past.most, distribution.count, confidence).high <= share;
      const ranks = quantileBoundRanks(distribution.count, PERCENT / 100, confidence);
      const at = (rank: number | null) => (rank === null ? null : valueAtRank(distribution, rank));
      const low = at(ranks.low);
      const high = at(ranks.high);
      return {
        met: isCeiling(limit) ? notAbove : above,
        unmet: isCeiling(limit) ? above : notAbove,
        detail: {
          confidence,
          ...(low === null ? {} : { bound_low: low }),
          ...(high === null ? {} : { bound_high: high }),
        },
      };
    }
  }
}
