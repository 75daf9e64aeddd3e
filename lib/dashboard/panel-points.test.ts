import { describe, expect, it } from 'vitest';
import type { PanelPoint } from './panel.schema.ts';
import { condensePoints, panelSpan } from './panel-points.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const iso = (window: number) => new Date(START + window * 900_000).toISOString();

function point(window: number, over: Partial<PanelPoint> = {}): PanelPoint {
  return {
    windowStart: iso(window),
    windowEnd: iso(window + 1),
    phase: 'A',
    value: 100,
    limit: 2500,
    warnAt: 2000,
    verdict: 'pass',
    reason: 'within_limit',
    samples: 50,
    ...over,
  };
}

describe('points of a long range', () => {
  it('stay as they are when every window has a point of its own [DASH-1]', () => {
    const points = [0, 1, 2].map((window) => point(window));
    expect(condensePoints(points, 900, 'lower')).toEqual(points);
  });

  it('show the worst window of the hour with its own numbers, never an average [DASH-1]', () => {
    const points = [
      point(0, { value: 2400, verdict: 'warn' }),
      point(1, { value: 2600, verdict: 'violation' }),
      point(2, { value: 10 }),
      point(3),
    ];
    expect(condensePoints(points, 3600, 'lower')).toEqual([
      { ...point(1, { value: 2600, verdict: 'violation' }), windowStart: iso(0), windowEnd: iso(4) },
    ]);
  });

  it('take the lowest value where higher is better, and a value before none [DASH-2]', () => {
    const worst = (better: 'lower' | 'higher', ...values: (number | null)[]) =>
      condensePoints(
        values.map((value, i) => point(i, { value })),
        3600,
        better,
      )[0]?.value;
    expect(worst('higher', 0.99, 0.97, null)).toBe(0.97);
    expect(worst('lower', 0.99, 0.97)).toBe(0.99);
    expect(worst('lower', null, 3)).toBe(3);
  });

  it('keep hours without any window as gaps, and phases apart [DASH-1]', () => {
    const condensed = condensePoints([point(0), point(1, { phase: 'B' }), point(9)], 3600, 'lower');
    expect(condensed.map(({ windowStart, phase }) => [windowStart, phase])).toEqual([
      [iso(0), 'A'],
      [iso(1), 'B'],
      [iso(9), 'A'],
    ]);
  });
});

it('a panel ends with the newest window that is over [DASH-7]', () => {
  const { from, to } = panelSpan('2h', 900, new Date('2026-11-20T05:14:59Z'));
  expect([from.toISOString(), to.toISOString()]).toEqual([
    '2026-11-20T03:00:00.000Z',
    '2026-11-20T05:00:00.000Z',
  ]);
});
