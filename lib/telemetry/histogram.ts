import type { Histogram } from './window-series.schema.ts';

/** Buckets per doubling: base 2^(1/32), OpenTelemetry scale 5 (architecture decision 2). */
export const BUCKETS_PER_DOUBLING = 32;
export const HISTOGRAM_SCALE = 5;

/** No percentile estimate is further from a value of its bucket than this: (base − 1) / (base + 1). */
export const MAX_RELATIVE_ERROR =
  (2 ** (1 / BUCKETS_PER_DOUBLING) - 1) / (2 ** (1 / BUCKETS_PER_DOUBLING) + 1);

/**
 * The bucket of a value: index i holds (base^i, base^(i+1)].
 * Units: those of the value. Errors: RangeError unless finite and above 0 (zero has its own count).
 * Source: OpenTelemetry data model, exponential histogram, upper-inclusive bounds.
 */
export function bucketIndex(value: number): number {
  if (!(value > 0) || value === Number.POSITIVE_INFINITY)
    throw new RangeError(`no histogram bucket holds ${value}`);
  return Math.ceil(Math.log2(value) * BUCKETS_PER_DOUBLING) - 1;
}

/** A histogram of nothing. */
export function emptyHistogram(): Histogram {
  return { zeroCount: 0, index: [], count: [] };
}

/** The histogram of a list of finite values ≥ 0. */
export function histogramOf(values: Iterable<number>): Histogram {
  const counts = new Map<number, number>();
  let zeroCount = 0;
  for (const value of values) {
    if (value === 0) zeroCount += 1;
    else {
      const index = bucketIndex(value);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
  }
  return histogramFromCounts(zeroCount, counts);
}

/** Puts unordered bucket counts into the stored form: ascending indexes, no empty bucket. */
export function histogramFromCounts(zeroCount: number, counts: Iterable<[number, number]>): Histogram {
  const filled = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  return { zeroCount, index: filled.map(([index]) => index), count: filled.map(([, count]) => count) };
}

/** A new histogram with one more value (finite, ≥ 0). */
export function addToHistogram(histogram: Histogram, value: number): Histogram {
  return mergeHistograms(histogram, histogramOf([value]));
}

/** The histogram of both sets of values; exact, commutative and associative. */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const index: number[] = [];
  const count: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.index.length || j < b.index.length) {
    const left = a.index[i] ?? Number.POSITIVE_INFINITY;
    const right = b.index[j] ?? Number.POSITIVE_INFINITY;
    index.push(Math.min(left, right));
    count.push((left <= right ? (a.count[i] ?? 0) : 0) + (right <= left ? (b.count[j] ?? 0) : 0));
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return { zeroCount: a.zeroCount + b.zeroCount, index, count };
}

/** How many values it holds, zeros included. */
export function histogramCount(histogram: Histogram): number {
  return histogram.count.reduce((sum, count) => sum + count, histogram.zeroCount);
}

/**
 * The percentile by nearest rank (rank ⌈ratio × n⌉), within ±1.1 % of the value that has that rank (ANA-3).
 * Units: ratio 0..1 in, the values' unit out. The estimate is the harmonic mean of the bucket's bounds, which makes the
 * worst relative error smallest; with `bounds` (the exact min and max) it never leaves the range of what was measured.
 * Missing: null for an empty histogram. Errors: RangeError unless 0 < ratio ≤ 1.
 */
export function histogramPercentile(
  histogram: Histogram,
  ratio: number,
  bounds?: { min: number | null; max: number | null },
): number | null {
  if (!(ratio > 0 && ratio <= 1)) throw new RangeError(`percentile ratio ${ratio} is not in (0, 1]`);
  const total = histogramCount(histogram);
  if (total === 0) return null;
  // 0.95 × 20 is 19.000000000000004 in binary: without the small slack the rank would be 20.
  const rank = Math.max(1, Math.ceil(ratio * total - 1e-9 * total));
  let seen = histogram.zeroCount;
  if (rank <= seen) return 0;
  for (let i = 0; i < histogram.index.length; i += 1) {
    seen += histogram.count[i] ?? 0;
    if (rank <= seen) return clamp(bucketEstimate(histogram.index[i] ?? 0), bounds);
  }
  return null;
}

function bucketEstimate(index: number): number {
  const low = 2 ** (index / BUCKETS_PER_DOUBLING);
  const base = 2 ** (1 / BUCKETS_PER_DOUBLING);
  return (2 * low * base) / (1 + base);
}

function clamp(value: number, bounds: { min: number | null; max: number | null } | undefined): number {
  const atLeast = bounds?.min == null ? value : Math.max(value, bounds.min);
  return bounds?.max == null ? atLeast : Math.min(atLeast, bounds.max);
}

/** The same data as an OpenTelemetry ExponentialHistogramDataPoint (dense positive buckets from `offset`). */
export function toOtelExponentialHistogram(
  histogram: Histogram,
  totals: { sum: number; min: number | null; max: number | null },
) {
  const offset = histogram.index[0] ?? 0;
  const last = histogram.index.at(-1);
  const bucketCounts = new Array<number>(last === undefined ? 0 : last - offset + 1).fill(0);
  histogram.index.forEach((index, i) => {
    bucketCounts[index - offset] = histogram.count[i] ?? 0;
  });
  return {
    scale: HISTOGRAM_SCALE,
    count: histogramCount(histogram),
    sum: totals.sum,
    ...(totals.min === null ? {} : { min: totals.min }),
    ...(totals.max === null ? {} : { max: totals.max }),
    zeroCount: histogram.zeroCount,
    positive: { offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [] as number[] },
  };
}
