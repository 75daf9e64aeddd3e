import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_RELATIVE_ERROR } from '#lib/telemetry/index.ts';
import { valueRow } from '#scripts/test/window-series.ts';
import { countPast, mergeDistributions, nearestRank, valueAtRank } from './quantile.ts';

const where = { rolloutId: 'r', phase: 'p', at: new Date('2026-11-20T00:00:00Z') };
const latency = fc.oneof(
  fc.double({ min: 0.001, max: 100_000, noNaN: true }),
  fc.constantFrom(0, 1440, 2000, 2499.999, 2500, 2500.001, 2500.5),
);

function p95Of(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[nearestRank(values.length, 95) - 1] ?? Number.NaN;
}

describe('the P95 of windows', () => {
  it('is within 1.1 % of the P95 of the raw values, however they are split into windows [ANA-3]', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(latency, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 8 }),
        (parts) => {
          const merged = mergeDistributions(parts.map((values) => valueRow(where, 'e', 'f', values, [])));
          if (!merged) throw new Error('nothing merged');
          const shown = valueAtRank(merged, nearestRank(merged.count, 95));
          const raw = p95Of(parts.flat());
          expect(Math.abs(shown - raw)).toBeLessThanOrEqual(raw * MAX_RELATIVE_ERROR * 1.0001 + 1e-9);
        },
      ),
    );
  });

  it('lies on the side of every counted line on which the raw P95 lies [ANA-3]', () => {
    const lines = [1440, 2000, 2500];
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (values) => {
        const merged = mergeDistributions([valueRow(where, 'e', 'f', values, lines)]);
        if (!merged) throw new Error('nothing merged');
        const shown = valueAtRank(merged, nearestRank(merged.count, 95));
        const raw = p95Of(values);
        for (const line of lines) expect(shown > line).toBe(raw > line);
        expect(Math.abs(shown - raw)).toBeLessThanOrEqual(raw * 0.0222 + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('uses a line only when every row was counted against it', () => {
    const merged = mergeDistributions([
      valueRow(where, 'e', 'f', [10, 20], [15]),
      valueRow(where, 'e', 'f', [10, 20], []),
    ]);
    expect(merged?.past.has(15)).toBe(false);
    expect(merged && countPast(merged, 15)).toEqual({ least: 2, most: 2 });
    expect(merged && countPast(merged, 20)).toEqual({ least: 0, most: 2 });
  });

  it('takes the nearest rank in whole numbers', () => {
    expect([1, 19, 20, 21, 40, 100, 101].map((n) => nearestRank(n, 95))).toEqual([1, 19, 19, 20, 38, 95, 96]);
  });

  it('is absent without values', () => {
    expect(mergeDistributions([])).toBeNull();
  });
});
