import { mergeHistograms } from './histogram.ts';
import type { WindowSeries } from './window-series.schema.ts';

/** What makes two rows the same row: rollout, phase, window, event, tag set, dimensions and field. */
export function seriesKey(row: WindowSeries): string {
  return JSON.stringify([
    row.rolloutId,
    row.phase,
    row.windowStart,
    row.event,
    row.tagSet,
    row.dims,
    row.field,
  ]);
}

/**
 * Both rows' events as one row. A line that only one side counted is dropped, because a partial count would look exact.
 * The rows must have the same key; identity is taken from `a`.
 */
export function mergeRow(a: WindowSeries, b: WindowSeries): WindowSeries {
  return {
    ...a,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: a.min === null ? b.min : b.min === null ? a.min : Math.min(a.min, b.min),
    max: a.max === null ? b.max : b.max === null ? a.max : Math.max(a.max, b.max),
    histogram: mergeHistograms(a.histogram, b.histogram),
    lines: a.lines.flatMap(({ line, past }) => {
      const other = b.lines.find((candidate) => candidate.line === line);
      return other ? [{ line, past: past + other.past }] : [];
    }),
  };
}

/** Rows with equal keys become one; the order of first appearance is kept. */
export function mergeSeries(...sets: readonly (readonly WindowSeries[])[]): WindowSeries[] {
  const merged = new Map<string, WindowSeries>();
  for (const row of sets.flat()) {
    const key = seriesKey(row);
    const known = merged.get(key);
    merged.set(key, known ? mergeRow(known, row) : row);
  }
  return [...merged.values()];
}
