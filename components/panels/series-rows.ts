import type { PanelPoint, PhaseChangeView } from '#lib/dashboard/index.ts';

/** A row of the chart: a point, or the hole between two points that do not touch. */
export type SeriesRow = {
  /** Milliseconds; the end of the window, when its value was known. */
  at: number;
  value: number | null;
  limit: number | null;
  warnAt: number | null;
  point: PanelPoint | null;
};

/**
 * Points as chart rows, oldest first. Between windows that do not touch a row of nulls is put, so that a gap is drawn
 * as a gap; a window without a value is one, too. Units: milliseconds.
 */
export function seriesRows(points: readonly PanelPoint[]): SeriesRow[] {
  const rows: SeriesRow[] = [];
  let previousEnd: number | null = null;
  for (const point of points) {
    const start = Date.parse(point.windowStart);
    const end = Date.parse(point.windowEnd);
    if (previousEnd !== null && start > previousEnd) {
      rows.push({ at: (previousEnd + start) / 2, value: null, limit: null, warnAt: null, point: null });
    }
    rows.push({ at: end, value: point.value, limit: point.limit, warnAt: point.warnAt, point });
    previousEnd = end;
  }
  return rows;
}

/** Neighbouring windows in violation as spans to shade. Units: milliseconds. */
export function violationSpans(points: readonly PanelPoint[]): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (const point of points) {
    if (point.verdict !== 'violation') continue;
    const from = Date.parse(point.windowStart);
    const to = Date.parse(point.windowEnd);
    const last = spans.at(-1);
    if (last && last.to >= from) last.to = to;
    else spans.push({ from, to });
  }
  return spans;
}

/** The value axis: room for every value and line, a ratio never beyond 0..1; zero where the values are near it. */
export function valueDomain(points: readonly PanelPoint[], unit: 'ms' | 'ratio' | 'count'): [number, number] {
  const numbers = points.flatMap(({ value, limit, warnAt }) =>
    [value, limit, warnAt].filter((each): each is number => each !== null),
  );
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  const bottom = low - room;
  const startsAtZero = unit !== 'ratio' || low < high * 0.5;
  const top = high + room;
  return [startsAtZero ? Math.min(0, low) : Math.max(0, bottom), unit === 'ratio' ? Math.min(1, top) : top];
}

/** Moments on the time axis at round clock times of the zone. Units: milliseconds. */
export function timeTicks(from: number, to: number, offsetMs: number, wanted: number): number[] {
  const steps = [15, 30, 60, 180, 360, 720, 1440, 2880, 4320, 7200, 10_080].map(
    (minutes) => minutes * 60_000,
  );
  const step = steps.find((each) => (to - from) / each <= wanted) ?? steps.at(-1) ?? to - from;
  const ticks: number[] = [];
  for (let at = Math.ceil((from + offsetMs) / step) * step - offsetMs; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** Phase changes within the drawn span. */
export function changesWithin(
  changes: readonly PhaseChangeView[],
  from: number,
  to: number,
): PhaseChangeView[] {
  return changes.filter(({ at }) => {
    const moment = Date.parse(at);
    return moment >= from && moment <= to;
  });
}
