import type { Limit, Policy } from '#lib/policy/index.ts';
import { upperWarningLine } from '#lib/telemetry/index.ts';

/** Whether `value` keeps to the limit: max ≤, min ≥, below <, above >. */
export function keepsLimit(limit: Limit, value: number): boolean {
  switch (limit.kind) {
    case 'max':
      return value <= limit.value;
    case 'below':
      return value < limit.value;
    case 'min':
      return value >= limit.value;
    case 'above':
      return value > limit.value;
  }
}

/** Whether lower values are better under this kind of limit. */
export function isCeiling(limit: Limit): boolean {
  return limit.kind === 'max' || limit.kind === 'below';
}

/** Whether `value` is strictly past the warning line on the side of the limit (ANA-4). */
export function isPastWarning(limit: Limit, warnAt: number, value: number): boolean {
  return isCeiling(limit) ? value > warnAt : value < warnAt;
}

/**
 * Where a warning begins (ANA-4): the share `warnFrom` of a ceiling; for a ratio with a floor, of the way from 1 down to it.
 * Null where no such line exists: a ceiling of 0 or less, a floor of 1, a floor of something that is not a ratio.
 */
export function warningLine(
  limit: Limit,
  unit: 'ms' | 'ratio' | 'count',
  judging: Policy['judging'],
): number | null {
  if (isCeiling(limit)) {
    if (limit.value <= 0) return null;
    const line = upperWarningLine(limit.value, judging);
    // Fields in ms are counted past exactly this number; a ratio is never counted past, so it may lose its binary dust.
    return unit === 'ms' ? line : rounded(line);
  }
  if (unit !== 'ratio' || limit.value >= 1) return null;
  return rounded(1 - judging.warnFrom * (1 - limit.value));
}

/** 0.8 × 0.003 as 0.0024, not 0.0024000000000000002. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
