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

const WANTED_STEPS = 5;
const STEPS = [1, 2, 2.5, 5, 10];
const FLAT_ROOM = 0.05;
const EDGE_ROOM = 0.05;

/**
 * The value axis at round numbers: room for every value and line, from zero unless that would hide the differences of
 * a rate near 1, a ratio never beyond 1.
 */
export function valueTicks(points: readonly PanelPoint[], unit: 'ms' | 'ratio' | 'count'): number[] {
  const numbers = points.flatMap(({ value, limit, warnAt }) =>
    [value, limit, warnAt].filter((each): each is number => each !== null),
  );
  const lowest = Math.min(...numbers);
  const highest = Math.max(...numbers);
  if (!Number.isFinite(lowest) || !Number.isFinite(highest)) return [0, 1];
  const fromZero = unit !== 'ratio' || lowest < highest / 2;
  // A rate that never moves would be a line on the edge with nothing to compare it with.
  const flat = !fromZero && lowest === highest;
  // A line at the very bottom would lie on the axis.
  const room = flat ? FLAT_ROOM : (highest - lowest) * EDGE_ROOM;
  const low = fromZero ? Math.min(0, lowest) : lowest - room;
  const span = highest - low || Math.abs(highest) || 1;
  const rough = span / WANTED_STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((each) => each * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(highest / step - 1e-9);
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, index) =>
    clean((first + index) * step),
  ).filter((tick) => unit !== 'ratio' || tick <= 1);
}

/** Without the noise of binary fractions. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}

/** Of moments in order, those far enough from the one before to carry a label. Units: milliseconds. */
export function labelled(moments: readonly number[], apartMs: number): Set<number> {
  const chosen = new Set<number>();
  let previous = Number.NEGATIVE_INFINITY;
  for (const moment of moments) {
    if (moment - previous < apartMs) continue;
    chosen.add(moment);
    previous = moment;
  }
  return chosen;
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

/** Whether windows are missing between the points, or have no value. */
export function hasGaps(points: readonly PanelPoint[]): boolean {
  return seriesRows(points).some(({ value }) => value === null);
}
