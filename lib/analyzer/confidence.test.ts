import { describe, expect, it } from 'vitest';
import { binomialBounds, binomialCdf, evidenceAbove, quantileBoundRanks } from './confidence.ts';

describe('binomial bounds', () => {
  // Two-sided 95 % Clopper-Pearson of R's binom.test, which is one-sided 97.5 % on each side.
  it.each([
    [1, 10, 0.002528579, 0.445016117],
    [5, 10, 0.187086028, 0.812913972],
    [0, 20, 0, 0.168433],
    [20, 20, 0.831567, 1],
    [81, 263, 0.2527217, 0.3676196],
    [995, 1000, 0.98837, 0.998374],
  ])('%i of %i lie between %f and %f', (hits, trials, low, high) => {
    const bounds = binomialBounds(hits, trials, 0.975);
    expect(bounds.low).toBeCloseTo(low, 4);
    expect(bounds.high).toBeCloseTo(high, 4);
  });

  it('hold their confidence exactly, also for millions of trials', () => {
    for (const [hits, trials] of [
      [3, 40],
      [300, 100_000],
      [9_000, 3_000_000],
    ] as const) {
      const { low, high } = binomialBounds(hits, trials, 0.95);
      expect(1 - binomialCdf(hits - 1, trials, low)).toBeCloseTo(0.05, 6);
      expect(binomialCdf(hits, trials, high)).toBeCloseTo(0.05, 6);
    }
  });

  it('refuse what is no proportion', () => {
    expect(() => binomialBounds(2, 1, 0.95)).toThrow(RangeError);
    expect(() => binomialBounds(0, 0, 0.95)).toThrow(RangeError);
  });
});

describe('order statistics that bound a P95', () => {
  it('have no upper bound below 59 values at 95 %', () => {
    expect(quantileBoundRanks(58, 0.95, 0.95).high).toBeNull();
    expect(quantileBoundRanks(59, 0.95, 0.95).high).toBe(59);
  });

  it('enclose the P95 itself', () => {
    for (const n of [20, 100, 1000, 50_000]) {
      const { low, high } = quantileBoundRanks(n, 0.95, 0.95);
      const rank = Math.ceil((95 * n) / 100);
      expect(low ?? 0).toBeLessThanOrEqual(rank);
      expect(high ?? n).toBeGreaterThanOrEqual(rank);
      if (low !== null) expect(1 - binomialCdf(low - 1, n, 0.95)).toBeGreaterThanOrEqual(0.95);
    }
  });
});

describe('evidence for a rate above a ratio', () => {
  // The mixture integrated numerically, step by step, in another language.
  it.each([
    [4, 20, 0.01, 1165.9713],
    [3, 20, 0.01, 50.0518],
    [8, 100, 0.01, 1354.8369],
    [12, 100, 0.05, 3.7032],
    [155, 10_000, 0.01, 1503.5192],
    [85, 1000, 0.05, 1091.7958],
  ])('of %i in %i above %f is %f', (hits, trials, ratio, evidence) => {
    expect(evidenceAbove(hits, trials, ratio) / evidence).toBeCloseTo(1, 3);
  });

  it('says nothing without trials, and one hit proves a rate above none', () => {
    expect(evidenceAbove(0, 0, 0.5)).toBeCloseTo(1);
    expect(evidenceAbove(1, 1000, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(evidenceAbove(0, 1000, 0)).toBeLessThan(1);
    expect(evidenceAbove(1000, 1000, 1)).toBe(0);
    expect(() => evidenceAbove(2, 1, 0.5)).toThrow(RangeError);
  });

  it('stays a number for millions of trials', () => {
    expect(evidenceAbove(9_000, 3_000_000, 0.01)).toBeLessThan(1);
    expect(evidenceAbove(60_000, 3_000_000, 0.01)).toBe(Number.POSITIVE_INFINITY);
  });
});
