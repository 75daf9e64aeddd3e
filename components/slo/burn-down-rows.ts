import type { SloObjective } from '#lib/slo/slo-report.schema.ts';

type BurnDownPoint = SloObjective['burnDown'][number];

const DAY_MS = 86_400_000;

/** A day of the policy's calendar on the chart's axis. Units: milliseconds of a clock that knows no zone. */
export function dayMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** An instant as the clocks of a zone show it, on the same axis as {@link dayMs}. Throws: RangeError on an unknown zone. */
export function civilMs(at: string, timezone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(at));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return Date.parse(
    `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`,
  );
}

/** A row of the chart. `above` and `below` are the same value parted at zero, so that each side has its own fill. */
export type BurnDownRow = {
  at: number;
  left: number | null;
  above: number | null;
  below: number | null;
  point: BurnDownPoint | null;
};

const isCounted = (point: BurnDownPoint): point is BurnDownPoint & { remainingRatio: number } =>
  point.remainingRatio !== null;

function rowOf(at: number, left: number | null, point: BurnDownPoint | null): BurnDownRow {
  return {
    at,
    left,
    above: left === null ? null : Math.max(left, 0),
    below: left === null ? null : Math.min(left, 0),
    point,
  };
}

/**
 * A burn-down as chart rows, oldest first: what is left is known at the end of a day, on the last one at the end of the
 * span; a first day that is not whole begins with the span. Days
 * without counts are holes; what follows a hole begins where the budget stood before it, the first one at 1. Where the
 * budget passes zero there is a row exactly at zero. Units: milliseconds, ratios.
 */
export function burnDownRows(
  points: readonly BurnDownPoint[],
  [fromMs, toMs]: readonly [number, number],
): BurnDownRow[] {
  const rows: BurnDownRow[] = [];
  let left = 1;
  let isHole = true;
  for (const point of points) {
    const start = Math.max(dayMs(point.day), fromMs);
    if (!isCounted(point)) {
      if (!isHole) rows.push(rowOf(start, null, null));
      isHole = true;
      continue;
    }
    const end = Math.min(dayMs(point.day) + DAY_MS, toMs);
    if (isHole) rows.push(rowOf(start, left, null));
    isHole = false;
    if (left !== 0 && point.remainingRatio !== 0 && left > 0 !== point.remainingRatio > 0) {
      const share = left / (left - point.remainingRatio);
      rows.push(rowOf(start + share * (end - start), 0, null));
    }
    left = point.remainingRatio;
    rows.push(rowOf(end, left, point));
  }
  return rows;
}

/** Below this share the chart is cut off: how deep is told by the number and the table. */
export const DEEPEST_DRAWN = -2;
const STEP = 0.25;
const MOST_TICKS = 6;

/** The axis of what is left: from 100 % down to zero, or to the deepest overspending, as far as it is drawn. */
export function leftTicks(rows: readonly BurnDownRow[]): number[] {
  const lowest = Math.min(0, ...rows.map(({ left }) => left ?? 0));
  const low = Math.max(DEEPEST_DRAWN, Math.floor(lowest / STEP) * STEP);
  const step = (1 - low) / STEP < MOST_TICKS ? STEP : (1 - low) / 0.5 < MOST_TICKS ? 0.5 : 1;
  const from = Math.floor(low / step) * step;
  return Array.from({ length: Math.round((1 - from) / step) + 1 }, (_, index) => from + index * step);
}

/** Whether a value lies deeper than the chart goes. */
export function isCutOff(points: readonly BurnDownPoint[]): boolean {
  return points.some(({ remainingRatio }) => remainingRatio !== null && remainingRatio < DEEPEST_DRAWN);
}

type BurnDownTableRow =
  | { kind: 'day'; point: BurnDownPoint & { remainingRatio: number } }
  | { kind: 'gap'; from: string; to: string; days: number };

/** The same as rows of a table, oldest first; neighbouring days without counts are one row. */
export function burnDownTable(points: readonly BurnDownPoint[]): BurnDownTableRow[] {
  const rows: BurnDownTableRow[] = [];
  for (const point of points) {
    const last = rows.at(-1);
    if (isCounted(point)) rows.push({ kind: 'day', point });
    else if (last?.kind === 'gap') rows[rows.length - 1] = { ...last, to: point.day, days: last.days + 1 };
    else rows.push({ kind: 'gap', from: point.day, to: point.day, days: 1 });
  }
  return rows;
}
