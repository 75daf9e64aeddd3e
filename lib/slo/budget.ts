import type { BudgetBands } from '#lib/policy/index.ts';
import type { Budget, BudgetState } from './slo-report.schema.ts';

/** What was counted under one target. */
export type Part = { goodCount: number; badCount: number; targetRatio: number };

/** Ratios without the dust of binary fractions: 1 − 10 ÷ 10.000000000000009 is 0. */
export function clean(value: number): number {
  return Number(value.toPrecision(12)) + 0; // and −0 is 0
}

/** Sums of some parts. `allowedBadCount`: how many could be bad at this volume, each part by its own target. */
export function sumParts(parts: readonly Part[]): {
  goodCount: number;
  badCount: number;
  allowedBadCount: number;
} {
  let [goodCount, badCount, allowed] = [0, 0, 0];
  for (const part of parts) {
    goodCount += part.goodCount;
    badCount += part.badCount;
    allowed += (part.goodCount + part.badCount) * (1 - part.targetRatio);
  }
  return { goodCount, badCount, allowedBadCount: clean(allowed) };
}

/**
 * The share of a budget that is left: 1 untouched, 0 spent, below 0 overspent. Where nothing may be bad, 1 without a bad
 * one and 0 with any. Null where nothing was counted.
 */
export function remainingRatio(counts: {
  goodCount: number;
  badCount: number;
  allowedBadCount: number;
}): number | null {
  const { goodCount, badCount, allowedBadCount } = counts;
  if (goodCount + badCount === 0) return null;
  if (allowedBadCount === 0) return badCount === 0 ? 1 : 0;
  return clean(1 - badCount / allowedBadCount);
}

/** What is left of a budget, in the words that policy has for it: above the share of a band, not at it. */
export function budgetState(remaining: number | null, bands: BudgetBands): BudgetState {
  if (remaining === null) return 'unknown';
  const words = ['healthy', 'observe', 'attention'] as const;
  return words.find((word) => remaining > bands[word]) ?? (remaining > 0 ? 'unhealthy' : 'exhausted');
}

/**
 * The error budget of a span (DASH-4; Google SRE workbook, chapter 2). Where the target changed within it, it is weighted
 * by what was counted under each. `todaysTarget` stands where nothing was counted. Pure; never NaN.
 */
export function budgetOf(parts: readonly Part[], todaysTarget: number, bands: BudgetBands): Budget {
  const sums = sumParts(parts);
  const total = sums.goodCount + sums.badCount;
  const remaining = remainingRatio(sums);
  return {
    ...sums,
    targetRatio: total === 0 ? todaysTarget : clean(1 - sums.allowedBadCount / total),
    attainedRatio: total === 0 ? null : sums.goodCount / total,
    remainingRatio: remaining,
    state: budgetState(remaining, bands),
  };
}
