import type { Objective } from '#lib/policy/index.ts';
import { binomialBounds, evidenceAbove } from './confidence.ts';
import type { Evaluation } from './evaluate-objective.ts';
import { isCeiling, keepsLimit } from './limit.ts';
import { type Detail, type Measurement, type Measuring, measure, PERCENT, spanAt } from './measure.ts';
import { countPast } from './quantile.ts';
import type { Scope } from './series-index.ts';

export type ProofRules = {
  /** How sure it must be, one-sided, over all looks at one window together. */
  confidence: number;
  /** Events of clients that must have been heard: fewer prove nothing, whatever numbers they carry. */
  minEvents: number;
};

/**
 * Whether what has been counted so far already proves an objective unmet at `atMs`, the end of a window that is still
 * open; null where it does not (TEL-8). Proof is: for a rate or a P95, a sequential test at `confidence`, which implies
 * the bound of `judge: bound` and holds however often one looks; for the increase of a rate over its baseline, the same
 * against the highest rate the baseline may have had; for a count or a maximum under a ceiling, being past it, because neither
 * can fall again. Averages, weighted rates, and floors under counts and maxima are proven by the closed window only. The objective's own `minSamples` holds besides.
 */
export function provenUnmet(
  measuring: Measuring,
  objective: Objective,
  scope: Scope,
  atMs: number,
  rules: ProofRules,
): Evaluation | null {
  const measured = measure(measuring, objective.metric, scope, objective.window, atMs, objective.minSamples);
  if (measured.kind === 'absent' || measured.samples < objective.minSamples) return null;
  const span = spanAt(objective.window, atMs, measuring.calendar);
  if (measuring.index.clientEvents(scope, span) < rules.minEvents) return null;
  if (keepsLimit(objective.limit, measured.value)) return null;
  const proof = proofOf(measuring, objective, measured, rules.confidence);
  if (!proof) return null;
  const { value, samples } = measured;
  return {
    atMs,
    state: 'unmet',
    value,
    samples,
    reason: 'past_limit',
    detail: { ...measured.detail, ...proof },
  };
}

function proofOf(
  { policy }: Measuring,
  { metric, limit }: Objective,
  { evidence }: Extract<Measurement, { kind: 'present' }>,
  confidence: number,
): Detail | null {
  switch (evidence.kind) {
    case 'none': {
      const aggregation = policy.metrics[metric]?.aggregation;
      return isCeiling(limit) && (aggregation === 'count' || aggregation === 'max') ? { proven: true } : null;
    }
    case 'proportion': {
      const { hits, trials } = evidence;
      const share = isCeiling(limit)
        ? { bad: hits, of: trials, allowed: limit.value }
        : { bad: trials - hits, of: trials, allowed: 1 - limit.value };
      if (!isProven(share, confidence)) return null;
      const { low, high } = binomialBounds(hits, trials, confidence);
      return { proven: true, confidence, bound_low: low, bound_high: high };
    }
    case 'increase': {
      // Grown from the highest rate that the baseline may have had: an accident of the baseline proves nothing either.
      if (!isCeiling(limit)) return null;
      const { hits, trials, baseline } = evidence;
      const { high } = binomialBounds(baseline.hits, baseline.trials, confidence);
      const allowed = baseline.relative ? high * (1 + limit.value) : high + limit.value;
      if (!isProven({ bad: hits, of: trials, allowed }, confidence)) return null;
      return { proven: true, confidence, baseline_bound_high: high };
    }
    case 'distribution': {
      // A P95 is past its ceiling exactly when more than 5 % of all values are.
      const { count } = evidence.distribution;
      const past = countPast(evidence.distribution, limit.value);
      const tail = 1 - PERCENT / 100;
      const share = isCeiling(limit)
        ? { bad: past.least, of: count, allowed: tail }
        : { bad: count - past.most, of: count, allowed: 1 - tail };
      return isProven(share, confidence)
        ? { proven: true, confidence, past_limit: share.bad, of: share.of }
        : null;
    }
  }
}

function isProven(share: { bad: number; of: number; allowed: number }, confidence: number): boolean {
  const allowed = Math.min(1, Math.max(0, share.allowed));
  return evidenceAbove(share.bad, share.of, allowed) >= 1 / (1 - confidence);
}
