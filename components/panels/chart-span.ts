import type { PanelPoint } from '#lib/dashboard/index.ts';

/** A stretch of time on a chart. Units: milliseconds. */
export type Stretch = { from: number; to: number };

/** Below this nothing more is told apart. */
const LEAST_WINDOWS = 2;

/** The stretch in whole windows, within `bounds` and not smaller than two windows. Pure. */
export function fitStretch(wanted: Stretch, bounds: Stretch, windowMs: number): Stretch {
  const least = LEAST_WINDOWS * windowMs;
  const low = Math.floor(Math.min(wanted.from, wanted.to) / windowMs) * windowMs;
  const high = Math.ceil(Math.max(wanted.from, wanted.to) / windowMs) * windowMs;
  const size = Math.min(Math.max(high - low, least), bounds.to - bounds.from);
  const middle = Math.floor((low + high) / 2 / windowMs) * windowMs;
  const from = high - low >= least ? low : middle - Math.floor(size / 2 / windowMs) * windowMs;
  const start = Math.min(Math.max(from, bounds.from), bounds.to - size);
  return { from: start, to: start + size };
}

/** Nearer (`factor` below 1) or further away (above 1), with `around` staying in sight. */
export function scaleStretch(
  shown: Stretch,
  factor: number,
  around: number,
  bounds: Stretch,
  windowMs: number,
): Stretch {
  const centre = Math.min(Math.max(around, shown.from), shown.to);
  return fitStretch(
    { from: centre - (centre - shown.from) * factor, to: centre + (shown.to - centre) * factor },
    bounds,
    windowMs,
  );
}

/** Around what a closer look begins where nothing is pointed at: the middle of what was measured, not of an empty range. */
export function middleOf(points: readonly PanelPoint[], shown: Stretch): number {
  const [first, last] = [points[0], points.at(-1)];
  return first && last
    ? (Date.parse(first.windowStart) + Date.parse(last.windowEnd)) / 2
    : (shown.from + shown.to) / 2;
}

/** Earlier (`share` below 0) or later by a share of what is shown. */
export function moveStretch(shown: Stretch, share: number, bounds: Stretch, windowMs: number): Stretch {
  const size = shown.to - shown.from;
  const step = Math.max(windowMs, Math.round((size * Math.abs(share)) / windowMs) * windowMs);
  const from = shown.from + Math.sign(share) * step;
  const start = Math.min(Math.max(from, bounds.from), bounds.to - size);
  return { from: start, to: start + size };
}

/** Whether the stretch is all there is to see. */
export function isWhole(shown: Stretch, bounds: Stretch): boolean {
  return shown.from <= bounds.from && shown.to >= bounds.to;
}

/** The points that lie in the stretch, wholly or partly. */
export function pointsWithin(points: readonly PanelPoint[], { from, to }: Stretch): PanelPoint[] {
  return points.filter(
    ({ windowStart, windowEnd }) => Date.parse(windowEnd) > from && Date.parse(windowStart) < to,
  );
}

/** The index of the point nearest to a moment, -1 where it lies in a gap of more than a point. Pure. */
export function nearestPoint(points: readonly PanelPoint[], at: number, pointMs: number): number {
  let nearest = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (const [index, point] of points.entries()) {
    const away = Math.abs(Date.parse(point.windowEnd) - at);
    if (away < distance) {
      nearest = index;
      distance = away;
    }
  }
  return distance <= pointMs ? nearest : -1;
}

/** How a point came by its value, or why it has none: silence, too little to tell, and what could not be read are not the same. */
export const MARKS = ['pass', 'warn', 'violation', 'insufficient', 'silent', 'failed'] as const;
export type Mark = (typeof MARKS)[number];

export function markOf({ value, verdict, reason }: PanelPoint): Mark {
  if (reason === 'source_lost') return 'failed';
  if (value === null) return reason === 'no_telemetry' ? 'silent' : 'insufficient';
  return verdict === 'insufficient_data' ? 'insufficient' : verdict;
}

/** How many windows each mark stands for, and how many were never judged between the first point and `to`. */
export function countMarks(
  points: readonly PanelPoint[],
  to: number,
  windowMs: number,
): { mark: Mark | 'missing'; count: number }[] {
  const counts = new Map<Mark, number>();
  for (const point of points) {
    const mark = markOf(point);
    // A point is the worst of its windows: only it is known to be so.
    counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  const [first] = points;
  const expected = first === undefined ? 0 : Math.round((to - Date.parse(first.windowStart)) / windowMs);
  const judged = points.reduce((sum, { windows }) => sum + windows, 0);
  return [
    ...MARKS.map((mark) => ({ mark, count: counts.get(mark) ?? 0 })),
    { mark: 'missing' as const, count: Math.max(0, expected - judged) },
  ].filter(({ count }) => count > 0);
}

const STRETCH = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z)~(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z)$/;

/** A stretch as it stands in an address, `2026-11-20T10:00Z~2026-11-20T14:00Z`; null for anything else. */
export function parseStretch(text: string | null): Stretch | null {
  const match = STRETCH.exec(text ?? '');
  const [from, to] = [Date.parse(match?.[1] ?? ''), Date.parse(match?.[2] ?? '')];
  return from < to ? { from, to } : null;
}

export function stretchText({ from, to }: Stretch): string {
  const minute = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  return `${minute(from)}~${minute(to)}`;
}
