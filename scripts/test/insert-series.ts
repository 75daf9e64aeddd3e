import { database } from '#lib/database/server.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';

/** Puts windows into the test file's database as the Collector would have stored them. */
export async function insertSeries(series: readonly WindowSeries[]): Promise<void> {
  await database().telemetryWindow.createMany({
    data: series.map(({ histogram, lines, ...row }) => ({
      ...row,
      windowStart: new Date(row.windowStart),
      count: BigInt(row.count),
      zeroCount: BigInt(histogram.zeroCount),
      bucketIndex: histogram.index,
      bucketCount: histogram.count.map(BigInt),
      lineValue: lines.map(({ line }) => line),
      linePast: lines.map(({ past }) => BigInt(past)),
    })),
  });
}
