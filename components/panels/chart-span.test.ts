import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PanelPoint } from '#lib/dashboard/index.ts';
import {
  countMarks,
  fitStretch,
  isWhole,
  markOf,
  middleOf,
  moveStretch,
  nearestPoint,
  parseStretch,
  pointsWithin,
  type Stretch,
  scaleStretch,
  stretchText,
} from './chart-span.ts';

const WINDOW_MS = 900_000;
const START = Date.parse('2026-11-20T00:00:00Z');
const at = (windows: number) => START + windows * WINDOW_MS;
const DAY: Stretch = { from: at(0), to: at(96) };
const point = (window: number, over: Partial<PanelPoint> = {}): PanelPoint => ({
  windowStart: new Date(at(window)).toISOString(),
  windowEnd: new Date(at(window + 1)).toISOString(),
  shownStart: new Date(at(window)).toISOString(),
  phase: 'A',
  value: 100,
  limit: null,
  warnAt: null,
  verdict: 'pass',
  reason: 'within_limit',
  samples: 10,
  windows: 1,
  ...over,
});

describe('looking closely at a chart [DASH-1]', () => {
  it('shows whole windows, whichever way was dragged', () => {
    expect(fitStretch({ from: at(10) + 5, to: at(19) + 7 }, DAY, WINDOW_MS)).toEqual({
      from: at(10),
      to: at(20),
    });
    expect(fitStretch({ from: at(20), to: at(10) }, DAY, WINDOW_MS)).toEqual({ from: at(10), to: at(20) });
  });

  it('never shows less than two windows, nor anything outside of the range, in whole windows', () => {
    const moment = fc.integer({ min: at(-50), max: at(150) });
    fc.assert(
      fc.property(moment, moment, fc.double({ min: 0.01, max: 10, noNaN: true }), (from, to, factor) => {
        const first = fitStretch({ from, to }, DAY, WINDOW_MS);
        for (const shown of [
          first,
          scaleStretch(first, factor, from, DAY, WINDOW_MS),
          moveStretch(first, factor - 5, DAY, WINDOW_MS),
        ]) {
          expect(shown.from).toBeGreaterThanOrEqual(DAY.from);
          expect(shown.to).toBeLessThanOrEqual(DAY.to);
          expect(shown.to - shown.from).toBeGreaterThanOrEqual(2 * WINDOW_MS);
          expect((shown.from - START) % WINDOW_MS).toBe(0);
          expect((shown.to - START) % WINDOW_MS).toBe(0);
        }
      }),
    );
  });

  it('comes nearer, goes further away and moves on by steps of the keyboard', () => {
    const half = scaleStretch(DAY, 0.5, at(48), DAY, WINDOW_MS);
    expect(half).toEqual({ from: at(24), to: at(72) });
    expect(moveStretch(half, 0.5, DAY, WINDOW_MS)).toEqual({ from: at(48), to: at(96) });
    expect(moveStretch(half, -1, DAY, WINDOW_MS)).toEqual({ from: at(0), to: at(48) });
    expect(isWhole(scaleStretch(half, 4, at(48), DAY, WINDOW_MS), DAY)).toBe(true);
    expect(isWhole(half, DAY)).toBe(false);
  });

  it('begins around what was measured, and in the middle where nothing was', () => {
    expect(middleOf([point(80), point(87)], DAY)).toBe(at(84));
    expect(middleOf([], DAY)).toBe(at(48));
  });

  it('stands in the address as it is, and nothing else is taken for it', () => {
    const text = stretchText({ from: at(4), to: at(8) });
    expect(text).toBe('2026-11-20T01:00Z~2026-11-20T02:00Z');
    expect(parseStretch(text)).toEqual({ from: at(4), to: at(8) });
    const refused = [
      '',
      null,
      'now',
      '2026-11-20T02:00Z~2026-11-20T01:00Z',
      '2026-13-40T01:00Z~2026-13-41T01:00Z',
    ];
    for (const none of refused) expect(parseStretch(none)).toBeNull();
  });

  it('finds the point under the cursor, and none in a gap', () => {
    const points = [point(0), point(1), point(8)];
    expect(nearestPoint(points, at(2) + 1000, WINDOW_MS)).toBe(1);
    expect(nearestPoint(points, at(5), WINDOW_MS)).toBe(-1);
    expect(nearestPoint([], at(5), WINDOW_MS)).toBe(-1);
    expect(pointsWithin(points, { from: at(1), to: at(9) })).toHaveLength(2);
  });
});

describe('a window without a value [DASH-1]', () => {
  it('says whether nothing came, too little came, or what came could not be read', () => {
    const none = { value: null, verdict: 'insufficient_data' } as const;
    expect(markOf(point(0, { ...none, reason: 'no_telemetry' }))).toBe('silent');
    expect(markOf(point(0, { ...none, reason: 'too_few_samples' }))).toBe('insufficient');
    expect(markOf(point(0, { ...none, reason: 'no_baseline' }))).toBe('insufficient');
    expect(markOf(point(0, { ...none, reason: 'source_lost' }))).toBe('failed');
    expect(markOf(point(0, { verdict: 'insufficient_data', reason: 'too_few_samples' }))).toBe(
      'insufficient',
    );
    expect(markOf(point(0, { verdict: 'warn' }))).toBe('warn');
  });

  it('is counted apart from one that was never judged', () => {
    const points = [
      point(0),
      point(1, { verdict: 'violation' }),
      point(4, { value: null, verdict: 'insufficient_data', reason: 'no_telemetry' }),
    ];
    expect(countMarks(points, at(6), WINDOW_MS)).toEqual([
      { mark: 'pass', count: 1 },
      { mark: 'violation', count: 1 },
      { mark: 'silent', count: 1 },
      { mark: 'missing', count: 3 },
    ]);
    expect(countMarks([], at(6), WINDOW_MS)).toEqual([]);
  });
});
