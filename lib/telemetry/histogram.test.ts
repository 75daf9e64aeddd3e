import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToHistogram,
  BUCKETS_PER_DOUBLING,
  bucketIndex,
  emptyHistogram,
  histogramCount,
  histogramOf,
  histogramPercentile,
  MAX_RELATIVE_ERROR,
  mergeHistograms,
  toOtelExponentialHistogram,
} from './index.ts';

const values = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 });

describe('the exponential histogram', () => {
  it('promises at most 1.1 % [ANA-3]', () => {
    expect(MAX_RELATIVE_ERROR).toBeLessThan(0.011);
  });

  it.each([
    [1, -1],
    [2, 31],
    [1.0000001, 0],
    [2.0000001, 32],
    [1024, 319],
    [0.5, -33],
  ])('puts %d into bucket %d: bounds belong to the bucket below', (value, index) => {
    expect(bucketIndex(value)).toBe(index);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('has no bucket for %d', (value) => {
    expect(() => bucketIndex(value)).toThrow(RangeError);
  });

  it('holds every value between the bounds of its bucket', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
        const index = bucketIndex(value);
        expect(value).toBeGreaterThanOrEqual(2 ** (index / BUCKETS_PER_DOUBLING) * (1 - 1e-12));
        expect(value).toBeLessThanOrEqual(2 ** ((index + 1) / BUCKETS_PER_DOUBLING) * (1 + 1e-12));
      }),
    );
  });

  it('gives a percentile within 1.1 % of the nearest rank of the raw values [ANA-3]', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.95, 0.99, 1), (raw, ratio) => {
        const sorted = raw.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(ratio * sorted.length - 1e-9 * sorted.length) - 1)] ?? 0;
        const estimate = histogramPercentile(histogramOf(raw), ratio) ?? 0;
        expect(Math.abs(estimate / exact - 1)).toBeLessThanOrEqual(MAX_RELATIVE_ERROR + 1e-9);
      }),
    );
  });

  it('uses rank 19 of 20 for the 95th percentile, not 20 [ANA-3]', () => {
    const raw = [...Array.from({ length: 19 }, () => 100), 100_000];
    expect(histogramPercentile(histogramOf(raw), 0.95)).toBeLessThan(102);
    expect(histogramPercentile(histogramOf([...raw, 100_000]), 0.95)).toBeGreaterThan(98_000);
  });

  it('merges in any order to the histogram of all values', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [histogramOf(a), histogramOf(b), histogramOf(c)];
        expect(mergeHistograms(x, mergeHistograms(y, z))).toEqual(histogramOf([...c, ...a, ...b]));
        expect(histogramCount(mergeHistograms(x, y))).toBe(a.length + b.length);
      }),
    );
  });

  it('counts zeros apart and says nothing where nothing was measured', () => {
    const zeros = addToHistogram(addToHistogram(emptyHistogram(), 0), 0);
    expect(zeros).toEqual({ zeroCount: 2, index: [], count: [] });
    expect(histogramPercentile(zeros, 0.95)).toBe(0);
    expect(histogramPercentile(emptyHistogram(), 0.95)).toBeNull();
    expect(() => histogramPercentile(zeros, 95)).toThrow(RangeError);
  });

  it('never leaves the measured range when that is known', () => {
    expect(histogramPercentile(histogramOf([2500]), 0.95, { min: 2500, max: 2500 })).toBe(2500);
  });

  it('exports dense OpenTelemetry buckets', () => {
    const point = toOtelExponentialHistogram(histogramOf([0, 1.5, 1.5, 3]), { sum: 6, min: 0, max: 3 });
    expect(point).toMatchObject({
      scale: 5,
      count: 4,
      zeroCount: 1,
      sum: 6,
      positive: { offset: bucketIndex(1.5) },
    });
    expect(point.positive.bucketCounts).toHaveLength(bucketIndex(3) - bucketIndex(1.5) + 1);
    expect(point.positive.bucketCounts.reduce((a, b) => a + b, 0)).toBe(3);
  });
});
