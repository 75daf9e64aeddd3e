import type { WindowSeries } from './window-series.schema.ts';

/** A row of the window table; counts are read as doubles, which hold them exactly far below 2^53. */
export type SeriesRow = Omit<WindowSeries, 'windowStart' | 'histogram' | 'lines'> & {
  windowStart: Date;
  zeroCount: number;
  bucketIndex: number[];
  bucketCount: number[];
  lineValue: number[];
  linePast: number[];
};

/** A row of the window table as what was counted. Pure. */
export function seriesOfRow(row: SeriesRow): WindowSeries {
  return {
    rolloutId: row.rolloutId,
    phase: row.phase,
    windowStart: row.windowStart.toISOString(),
    event: row.event,
    tagSet: row.tagSet,
    dims: row.dims,
    field: row.field,
    count: row.count,
    sum: row.sum,
    min: row.min,
    max: row.max,
    histogram: { zeroCount: row.zeroCount, index: row.bucketIndex, count: row.bucketCount },
    lines: row.lineValue.map((line, i) => ({ line, past: row.linePast[i] ?? 0 })),
  };
}
