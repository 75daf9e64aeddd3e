import { database } from '#lib/database/server.ts';
import { type WindowSeries, WindowSeriesSchema } from '#lib/telemetry/index.ts';

/** Everything counted for windows that begin in [from, to), in the order of its keys. */
export async function loadWindowSeries(from: Date, to: Date): Promise<WindowSeries[]> {
  const rows = await database().telemetryWindow.findMany({
    where: { windowStart: { gte: from, lt: to } },
    orderBy: [
      { rolloutId: 'asc' },
      { phase: 'asc' },
      { windowStart: 'asc' },
      { event: 'asc' },
      { tagSet: 'asc' },
      { dims: 'asc' },
      { field: 'asc' },
    ],
  });
  return rows.map((row) =>
    WindowSeriesSchema.parse({
      rolloutId: row.rolloutId,
      phase: row.phase,
      windowStart: row.windowStart.toISOString(),
      event: row.event,
      tagSet: row.tagSet,
      dims: row.dims,
      field: row.field,
      count: Number(row.count),
      sum: row.sum,
      min: row.min,
      max: row.max,
      histogram: {
        zeroCount: Number(row.zeroCount),
        index: row.bucketIndex,
        count: row.bucketCount.map(Number),
      },
      lines: row.lineValue.map((line, i) => ({ line, past: Number(row.linePast[i]) })),
    }),
  );
}
