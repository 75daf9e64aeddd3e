import { z } from 'zod';
import { VerdictKindSchema, VerdictReasonSchema } from '#lib/analyzer/index.ts';
import { database } from '#lib/database/server.ts';
import type { PanelPoint } from './panel.schema.ts';

const ReadingSchema = z.object({
  metric: z.string(),
  phase: z.string(),
  windowStart: z.date(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  warnAt: z.number().nullable(),
  verdict: VerdictKindSchema,
  samples: z.number(),
  reason: VerdictReasonSchema,
});

export type Reading = { metric: string; point: PanelPoint };

function toReadings(rows: readonly unknown[], windowSeconds: number): Reading[] {
  return rows.map((row) => {
    const { metric, windowStart, ...rest } = ReadingSchema.parse(row);
    const windowEnd = new Date(windowStart.getTime() + windowSeconds * 1000);
    return {
      metric,
      point: { windowStart: windowStart.toISOString(), windowEnd: windowEnd.toISOString(), ...rest },
    };
  });
}

/** The readings of some metrics in windows that start in [from, to), oldest first. */
export async function readReadings(query: {
  rolloutId: string;
  metrics: readonly string[];
  from: Date;
  to: Date;
  windowSeconds: number;
}): Promise<Reading[]> {
  const rows = await database().$queryRaw<unknown[]>`
    SELECT metric, phase, window_start AS "windowStart", value, limit_value AS "limit", warn_value AS "warnAt",
           verdict, samples::float8 AS samples, reason
    FROM metric_reading
    WHERE rollout_id = ${query.rolloutId} AND metric = ANY(${[...query.metrics]}::text[])
      AND window_start >= ${query.from} AND window_start < ${query.to} AND is_latest
    ORDER BY window_start, metric`;
  return toReadings(rows, query.windowSeconds);
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
  return toReadings(rows, query.windowSeconds);
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

export async function countRollbacks(query: { rolloutId: string; from: Date; to: Date }): Promise<number> {
  return database().phaseChange.count({
    where: { rolloutId: query.rolloutId, kind: 'rollback', createdAt: { gte: query.from, lt: query.to } },
  });
}
