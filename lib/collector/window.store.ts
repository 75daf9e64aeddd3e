import { database } from '#lib/database/server.ts';
import { type SeriesRow, seriesOfRow, type WindowSeries } from '#lib/telemetry/index.ts';

/** Everything counted for windows that begin in [from, to), in the order of its keys. */
export async function loadWindowSeries(from: Date, to: Date): Promise<WindowSeries[]> {
  // Counts stay far below 2^53, and as doubles they arrive as numbers.
  const rows = await database().$queryRaw<SeriesRow[]>`
    SELECT rollout_id AS "rolloutId", phase, window_start AS "windowStart", event, tag_set AS "tagSet", dims, field,
           count::float8 AS count, sum, min, max, zero_count::float8 AS "zeroCount",
           bucket_index AS "bucketIndex", bucket_count::float8[] AS "bucketCount",
           line_value AS "lineValue", line_past::float8[] AS "linePast"
    FROM telemetry_window
    WHERE window_start >= ${from} AND window_start < ${to}
    ORDER BY rollout_id, phase, window_start, event, tag_set, dims, field`;
  return rows.map(seriesOfRow);
}
