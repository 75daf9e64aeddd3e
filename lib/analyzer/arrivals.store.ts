import { database } from '#lib/database/server.ts';
import type { Arrival } from './arrival.ts';

type Row = {
  rolloutId: string;
  phase: string;
  windowStart: Date;
  event: string | null; // null: everything that was not asked for, together
  dims: string | null;
  count: number;
};

/**
 * What was counted since `countedSince`, of events that count towards verdicts (TEL-11) and of the phase that each
 * rollout is in: whether the open window grew, and these `events` in windows from `from` on (also of senders whose clock
 * is ahead), not from before the rollout entered the phase. `countedSince` is compared with the database's clock. Errors: the database's.
 */
export async function arrivedSince(query: {
  countedSince: Date;
  openWindowStart: Date;
  windowSeconds: number;
  from: Date;
  events: readonly string[];
}): Promise<Arrival[]> {
  const { countedSince, openWindowStart, windowSeconds, from, events } = query;
  const rows = await database().$queryRaw<Row[]>`
    WITH arrived AS (
      SELECT r.id, r.phase, w.window_start, w.event, w.dims, w.count, w.event = ANY(${[...events]}::text[]) AS asked
      FROM rollout r
      JOIN telemetry_window w ON w.rollout_id = r.id AND w.phase = r.phase
      WHERE w.window_start >= ${from}
        AND w.window_start > r.phase_entered_at - make_interval(secs => ${windowSeconds}::float8)
        AND w.tag_set = '' AND w.field = '' AND w.updated_at >= ${countedSince}
    )
    SELECT id AS "rolloutId", phase, window_start AS "windowStart",
           CASE WHEN asked THEN event END AS event, CASE WHEN asked THEN dims END AS dims,
           sum(count)::float8 AS count
    FROM arrived
    WHERE asked OR window_start = ${openWindowStart}
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 3 DESC, 4`;
  const byRollout = Map.groupBy(rows, ({ rolloutId }) => rolloutId);
  return [...byRollout].map(([rolloutId, found]) => ({
    rolloutId,
    phase: found[0]?.phase ?? '',
    openWindow: found.some(({ windowStart }) => windowStart.getTime() === openWindowStart.getTime()),
    events: found.flatMap(({ event, dims, count, windowStart }) =>
      event === null ? [] : [{ event, dims: dims ?? '', count, windowStart }],
    ),
  }));
}
