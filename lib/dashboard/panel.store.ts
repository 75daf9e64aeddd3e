import { z } from 'zod';
import { VERDICTS, VerdictKindSchema, VerdictReasonSchema } from '#lib/analyzer/index.ts';
import { database } from '#lib/database/server.ts';
import type { PanelPoint } from './panel.schema.ts';

const ReadSchema = z.object({
  metric: z.string(),
  phase: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  warnAt: z.number().nullable(),
  verdict: VerdictKindSchema,
  samples: z.number(),
  reason: VerdictReasonSchema,
});
const PointSchema = ReadSchema.extend({
  firstStart: z.date(),
  lastStart: z.date(),
  shownStart: z.date(),
  windows: z.number(),
});
const ReadingSchema = ReadSchema.extend({ windowStart: z.date() });

export type Reading = { metric: string; point: PanelPoint };

/**
 * The readings of some metrics in windows that start in [from, to), oldest first. Where a point stands for several
 * windows of one phase, the worst of them is given with its own numbers, because an average of percentiles means nothing
 * and would hide a violation: by verdict, then by value, a value before none. Windows without a verdict stay gaps: a span
 * without any window has no point. `higherIsBetter`: metrics whose lowest value is the worst. Units: seconds.
 */
export async function readReadings(query: {
  rolloutId: string;
  metrics: readonly string[];
  higherIsBetter: readonly string[];
  from: Date;
  to: Date;
  windowSeconds: number;
  pointSeconds: number;
}): Promise<Reading[]> {
  const rows = await database().$queryRaw<unknown[]>`
    SELECT DISTINCT ON ("firstStart", metric, phase)
           metric, phase, "firstStart", "lastStart", window_start AS "shownStart", windows, value, "limit", "warnAt", verdict, samples, reason
    FROM (
      SELECT metric, phase, window_start, value, limit_value AS "limit", warn_value AS "warnAt", verdict,
             samples::float8 AS samples, reason,
             min(window_start) OVER point AS "firstStart", max(window_start) OVER point AS "lastStart",
             (count(*) OVER point)::int AS windows,
             array_position(${[...VERDICTS]}::text[], verdict) AS badness,
             CASE WHEN metric = ANY(${[...query.higherIsBetter]}::text[]) THEN -value ELSE value END AS distance
      FROM metric_reading
      WHERE rollout_id = ${query.rolloutId} AND metric = ANY(${[...query.metrics]}::text[])
        AND window_start >= ${query.from} AND window_start < ${query.to} AND is_latest
      WINDOW point AS (
        PARTITION BY metric, phase, floor(extract(epoch FROM window_start) / ${query.pointSeconds}::float8)
      )
    ) AS reading
    ORDER BY "firstStart", metric, phase, badness DESC, distance DESC NULLS LAST, window_start`;
  return rows.map((row) => {
    const { metric, firstStart, lastStart, shownStart, ...rest } = PointSchema.parse(row);
    const windowEnd = new Date(lastStart.getTime() + query.windowSeconds * 1000);
    return {
      metric,
      point: {
        windowStart: firstStart.toISOString(),
        windowEnd: windowEnd.toISOString(),
        shownStart: shownStart.toISOString(),
        ...rest,
      },
    };
  });
}

/**
 * How many verdicts there are of windows that start in [from, to). Verdicts of a span that is shown are only ever added:
 * a revision is a row of its own, written in one transaction with its readings. The same number is therefore the same
 * readings, whichever process has written them.
 */
export async function countVerdicts(query: { rolloutId: string; from: Date; to: Date }): Promise<number> {
  const [row] = await database().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM verdict
    WHERE rollout_id = ${query.rolloutId} AND window_start >= ${query.from} AND window_start < ${query.to}`;
  return row?.count ?? 0;
}

/** The newest reading of each metric in one phase. */
export async function readNewestReadings(query: {
  rolloutId: string;
  phase: string;
  metrics: readonly string[];
  windowSeconds: number;
}): Promise<Reading[]> {
  const rows = await database().$queryRaw<unknown[]>`
    SELECT r.* FROM unnest(${[...query.metrics]}::text[]) AS wanted(metric), LATERAL (
      SELECT metric, phase, window_start AS "windowStart", value, limit_value AS "limit", warn_value AS "warnAt",
             verdict, samples::float8 AS samples, reason
      FROM metric_reading
      WHERE rollout_id = ${query.rolloutId} AND metric = wanted.metric AND phase = ${query.phase} AND is_latest
      ORDER BY window_start DESC LIMIT 1) AS r`;
  return rows.map((row) => {
    const { metric, windowStart, ...rest } = ReadingSchema.parse(row);
    const windowEnd = new Date(windowStart.getTime() + query.windowSeconds * 1000);
    return {
      metric,
      point: {
        windowStart: windowStart.toISOString(),
        windowEnd: windowEnd.toISOString(),
        windows: 1,
        shownStart: windowStart.toISOString(),
        ...rest,
      },
    };
  });
}

/** Windows of each phase whose verdict can tell, and how many of them met every objective (DASH-4). */
export async function readAttainment(query: {
  rolloutId: string;
  from: Date;
  to: Date;
}): Promise<{ phase: string; metWindows: number; toldWindows: number }[]> {
  return database().$queryRaw<{ phase: string; metWindows: number; toldWindows: number }[]>`
    SELECT phase, count(*) FILTER (WHERE slo_met)::int AS "metWindows", count(slo_met)::int AS "toldWindows"
    FROM verdict
    WHERE rollout_id = ${query.rolloutId} AND window_start >= ${query.from} AND window_start < ${query.to} AND is_latest
    GROUP BY phase`;
}

/** Steps back of a rollout in [from, to). */
export async function countRollbacks(query: { rolloutId: string; from: Date; to: Date }): Promise<number> {
  return database().phaseChange.count({
    where: { rolloutId: query.rolloutId, kind: 'rollback', createdAt: { gte: query.from, lt: query.to } },
  });
}
