import type { Locale } from './locale.ts';

export type MetricUnit = 'ms' | 'ratio' | 'count';

const MOST_DIGITS = 6;

function render(value: number, unit: MetricUnit, digits: number, locale: Locale, atLeast: number): string {
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: Math.min(atLeast, digits),
    maximumFractionDigits: digits,
  });
  // A no-break space keeps the unit with its number.
  if (unit === 'ratio') return `${format.format(value * 100)}\u00a0%`;
  return unit === 'ms' ? `${format.format(value)}\u00a0ms` : format.format(value);
}

const DIGITS = { ms: 0, ratio: 2, count: 2 } as const satisfies Record<MetricUnit, number>;
const AT_LEAST = { ms: 0, ratio: 2, count: 0 } as const satisfies Record<MetricUnit, number>;

/** A metric's value for people. Units: ms, ratio 0..1 (shown as percent), count. */
export function formatMetric(value: number, unit: MetricUnit, locale: Locale): string {
  return render(value, unit, DIGITS[unit], locale, AT_LEAST[unit]);
}

/** A limit, without needless zeros: `99.5 %`. */
export function formatLimit(value: number, unit: MetricUnit, locale: Locale): string {
  return render(value, unit, Math.max(DIGITS[unit], unit === 'ratio' ? 4 : 0), locale, 0);
}

/**
 * A value beside its limit: as many digits as it takes to tell the two apart, so that rounding never makes a
 * violated limit look met.
 */
export function formatAgainst(value: number, limit: number | null, unit: MetricUnit, locale: Locale): string {
  if (limit === null || value === limit) return formatMetric(value, unit, locale);
  for (let digits: number = DIGITS[unit]; digits < MOST_DIGITS; digits += 1) {
    const text = render(value, unit, digits, locale, AT_LEAST[unit]);
    if (text !== render(limit, unit, digits, locale, AT_LEAST[unit])) return text;
  }
  return render(value, unit, MOST_DIGITS, locale, AT_LEAST[unit]);
}

/** A share as people say it: `5 %`. */
export function formatShare(ratio: number, locale: Locale): string {
  return render(ratio, 'ratio', 2, locale, 0);
}
