import { clean, type Part, sumParts } from './budget.ts';
import type { BurnAlert } from './slo-report.schema.ts';

/** One rule of the policy's `slo.burnRates`. */
export type BurnRule = Pick<BurnAlert, 'severity' | 'budgetShare' | 'longSeconds' | 'shortSeconds'>;

/** The rate at which `budgetShare` of a period's budget is spent in `longSeconds`: 14.4 for 2 % of 30 d in 1 h. */
export function thresholdRate(
  { budgetShare, longSeconds }: Pick<BurnRule, 'budgetShare' | 'longSeconds'>,
  periodSeconds: number,
): number {
  return clean((budgetShare * periodSeconds) / longSeconds);
}

/**
 * Bad share ÷ allowed share of a window: 1 spends exactly the budget in one period. Null where nothing was counted, and
 * where nothing may be bad: such a budget has no rate, one bad event spends it.
 */
export function burnRate(parts: readonly Part[]): number | null {
  const { goodCount, badCount, allowedBadCount } = sumParts(parts);
  if (goodCount + badCount === 0 || allowedBadCount === 0) return null;
  return clean(badCount / allowedBadCount);
}

/** How fast a window burns against a threshold; where nothing may be bad, any bad one is fast enough. */
function isFast(parts: readonly Part[], threshold: number): boolean {
  const { badCount, allowedBadCount } = sumParts(parts);
  return allowedBadCount === 0 ? badCount > 0 : badCount / allowedBadCount >= threshold * (1 - 1e-12);
}

/**
 * A multi-window burn rate alert (SRE workbook, chapter 5): it fires while both windows burn at the threshold or faster, the
 * long one so that it matters, the short one so that it ends soon after the burning does; and the long one holds as many bad
 * ones as the policy asks for, which keeps low traffic from paging at its first (where nothing may be bad, one is enough).
 * `exhaustedInSeconds`: at the long
 * window's rate; null below rate 1, which lasts the whole period, and where nothing is left. Pure; never NaN.
 */
export function burnAlert(input: {
  rule: BurnRule;
  periodSeconds: number;
  long: readonly Part[];
  short: readonly Part[];
  /** Of the whole period. */
  remainingRatio: number | null;
  /** The policy's `slo.alertFromBad` for what is counted. */
  fromBadCount: number;
}): BurnAlert {
  const { rule, periodSeconds, long, short, remainingRatio, fromBadCount } = input;
  const threshold = thresholdRate(rule, periodSeconds);
  const longBurnRate = burnRate(long);
  const isBurning = isFast(long, threshold) && isFast(short, threshold);
  const { badCount, allowedBadCount } = sumParts(long);
  const isTrend = allowedBadCount === 0 || badCount >= fromBadCount;
  const burning = longBurnRate !== null && longBurnRate >= 1;
  return {
    ...rule,
    thresholdRate: threshold,
    longBurnRate,
    shortBurnRate: burnRate(short),
    firing: isBurning && isTrend,
    tooFew: isBurning && !isTrend,
    exhaustedInSeconds:
      burning && remainingRatio !== null && remainingRatio > 0
        ? Math.round((remainingRatio * periodSeconds) / longBurnRate)
        : null,
  };
}
