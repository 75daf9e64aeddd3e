import { describe, expect, it } from 'vitest';
import type { PanelPoint } from '#lib/dashboard/index.ts';
import { hasGaps, labelled, seriesRows, timeTicks, valueTicks, violationSpans } from './series-rows.ts';

const QUARTER_MS = 900_000;
const START = Date.parse('2026-11-21T00:00:00Z');
const point = (index: number, overrides: Partial<PanelPoint> = {}): PanelPoint => ({
  windowStart: new Date(START + index * QUARTER_MS).toISOString(),
  windowEnd: new Date(START + (index + 1) * QUARTER_MS).toISOString(),
  phase: 'A',
  value: 1000,
  limit: 2500,
  warnAt: 2000,
  verdict: 'pass',
  reason: 'within_limit',
  samples: 100,
  windows: 1,
  shownStart: new Date(START + index * QUARTER_MS).toISOString(),
  ...overrides,
});

describe('a chart [DASH-1]', () => {
  it('draws a missing window as a gap, never as a line across', () => {
    const rows = seriesRows([point(0), point(1), point(4)]);
    expect(rows.map(({ value }) => value)).toEqual([1000, 1000, null, 1000]);
    expect(hasGaps([point(0), point(1)])).toBe(false);
    expect(hasGaps([point(0), point(1, { value: null })])).toBe(true);
  });

  it('shades neighbouring violations as one span', () => {
    const violation = { verdict: 'violation' } as const;
    const spans = violationSpans([point(0, violation), point(1, violation), point(2), point(3, violation)]);
    expect(spans.map(({ from, to }) => (to - from) / QUARTER_MS)).toEqual([2, 1]);
  });

  it('has room for the value and both lines, at round numbers', () => {
    expect(valueTicks([point(0)], 'ms')).toEqual([0, 500, 1000, 1500, 2000, 2500]);
    const restore = point(0, { value: 0.9981, limit: 0.995, warnAt: 0.996 });
    const ticks = valueTicks([restore], 'ratio');
    expect(ticks[0]).toBeLessThanOrEqual(0.995);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(0.9981);
    expect(ticks.at(-1)).toBeLessThanOrEqual(1);
  });

  it('has an axis even for a series of zeros and for none at all', () => {
    const zeros = valueTicks([point(0, { value: 0, limit: null, warnAt: null })], 'count');
    expect(zeros.length).toBeGreaterThan(1);
    expect(valueTicks([], 'ms')).toEqual([0, 1]);
    expect(valueTicks([point(0, { value: 1, limit: null, warnAt: null })], 'ratio').at(-1)).toBe(1);
  });

  it('puts the ticks of a day axis at midnight of the zone', () => {
    const ticks = timeTicks(START, START + 7 * 86_400_000, 9 * 3_600_000, 8);
    expect(new Date(ticks[0] ?? 0).toISOString()).toBe('2026-11-21T15:00:00.000Z');
  });

  it('leaves out labels that would cover each other', () => {
    expect([...labelled([0, 5, 20, 24, 40], 10)]).toEqual([0, 20, 40]);
  });
});
