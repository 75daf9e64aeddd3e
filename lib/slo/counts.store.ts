import { database } from '#lib/database/server.ts';
import type { BurnPart, Coverage, DayPart, MonthWindows, ObjectivePart } from './counts.ts';
import type { NamedSpan } from './period.ts';

export type SloState = {
  /** Rises with every change of a verdict or a slice. */
  revision: string;
  newestWindowEnd: Date | null;
  firstWindowStart: Date | null;
  countedFrom: Date | null;
};

/** Where a rollout's counts stand; null for a rollout that does not exist. */
export async function readSloState(rolloutId: string): Promise<SloState | null> {
  const [state] = await database().$queryRaw<SloState[]>`
    SELECT coalesce((SELECT revision FROM slo_revision WHERE rollout_id = r.id), 0)::text AS revision,
      (SELECT window_end FROM verdict WHERE rollout_id = r.id AND is_latest
        ORDER BY window_start DESC LIMIT 1) AS "newestWindowEnd",
      (SELECT min(window_start) FROM verdict WHERE rollout_id = r.id AND is_latest) AS "firstWindowStart",
      (SELECT min(window_start) FROM slo_slice WHERE rollout_id = r.id) AS "countedFrom"
    FROM rollout r WHERE r.id = ${rolloutId}`;
  return state ?? null;
}

const instants = (dates: readonly Date[]) => dates.map((date) => date.toISOString());

/** What was counted on each of some days that follow each other. */
export async function readDayParts(rolloutId: string, days: readonly NamedSpan[]): Promise<DayPart[]> {
  const [first] = days;
  const last = days.at(-1);
  if (!first || !last) return [];
  return await database().$queryRaw<DayPart[]>`
    SELECT width_bucket(window_start, ${instants(days.map(({ start }) => start))}::timestamptz[]) - 1 AS day,
      phase, metric, basis, target_ratio AS "targetRatio",
      sum(good_count)::float8 AS "goodCount", sum(bad_count)::float8 AS "badCount"
    FROM slo_slice
    WHERE rollout_id = ${rolloutId} AND window_start >= ${first.start} AND window_start < ${last.end}
    GROUP BY 1, phase, metric, basis, target_ratio`;
}

/** What was counted in each of some windows that end at `to`: read once, in the spans between their starts. */
export async function readBurnParts(
  rolloutId: string,
  to: Date,
  seconds: readonly number[],
): Promise<BurnPart[]> {
  const longestFirst = [...new Set(seconds)].sort((a, b) => b - a);
  const starts = longestFirst.map((length) => new Date(to.getTime() - length * 1000));
  const [from] = starts;
  if (!from) return [];
  const spans = await database().$queryRaw<(ObjectivePart & { position: number })[]>`
    SELECT width_bucket(window_start, ${instants(starts)}::timestamptz[]) - 1 AS position,
      phase, metric, basis, target_ratio AS "targetRatio",
      sum(good_count)::float8 AS "goodCount", sum(bad_count)::float8 AS "badCount"
    FROM slo_slice
    WHERE rollout_id = ${rolloutId} AND window_start >= ${from} AND window_start < ${to}
    GROUP BY 1, phase, metric, basis, target_ratio`;
  // A window holds its own first span and those of every shorter one.
  return longestFirst.flatMap((length, i) =>
    spans.filter(({ position }) => position >= i).map((span) => ({ ...span, seconds: length })),
  );
}

/** Windows of each phase in each of some months that follow each other: judged, those that could be told, those that were met. */
export async function readMonthWindows(
  rolloutId: string,
  months: readonly NamedSpan[],
): Promise<MonthWindows[]> {
  const [first] = months;
  const last = months.at(-1);
  if (!first || !last) return [];
  return await database().$queryRaw<MonthWindows[]>`
    SELECT width_bucket(window_start, ${instants(months.map(({ start }) => start))}::timestamptz[]) - 1 AS month,
      phase, count(*) FILTER (WHERE slo_met)::int AS "metWindows", count(slo_met)::int AS "toldWindows",
      count(*)::int AS "judgedWindows"
    FROM verdict
    WHERE rollout_id = ${rolloutId} AND is_latest AND window_start >= ${first.start} AND window_start < ${last.end}
    GROUP BY 1, phase`;
}

/** Which of some months have any verdict. */
export async function readMonthsWithVerdicts(
  rolloutId: string,
  months: readonly NamedSpan[],
): Promise<string[]> {
  const rows = await database().$queryRaw<{ name: string }[]>`
    SELECT m.name FROM unnest(${months.map(({ name }) => name)}::text[],
      ${instants(months.map(({ start }) => start))}::timestamptz[],
      ${instants(months.map(({ end }) => end))}::timestamptz[]) AS m(name, starts, ends)
    WHERE EXISTS (SELECT FROM verdict
      WHERE rollout_id = ${rolloutId} AND is_latest AND window_start >= m.starts AND window_start < m.ends)
    ORDER BY m.name DESC`;
  return rows.map(({ name }) => name);
}

/** Windows of a span that have a verdict, those whose verdict could be told, and the policies they were judged by. */
export async function readCoverage(rolloutId: string, from: Date, to: Date): Promise<Coverage> {
  const [windows, policies, phases] = await Promise.all([
    database().$queryRaw<{ judgedWindows: number; toldWindows: number }[]>`
      SELECT count(*)::int AS "judgedWindows", count(*) FILTER (WHERE told)::int AS "toldWindows"
      FROM (SELECT bool_or(slo_met IS NOT NULL) AS told FROM verdict
        WHERE rollout_id = ${rolloutId} AND is_latest AND window_start >= ${from} AND window_start < ${to}
        GROUP BY window_start) AS w`,
    database().$queryRaw<{ hash: string; from: Date }[]>`
      SELECT policy_hash AS hash, min(window_start) AS "from" FROM verdict
      WHERE rollout_id = ${rolloutId} AND is_latest AND window_start >= ${from} AND window_start < ${to}
      GROUP BY policy_hash ORDER BY 2, 1`,
    database().$queryRaw<{ phase: string }[]>`
      SELECT DISTINCT phase FROM verdict
      WHERE rollout_id = ${rolloutId} AND is_latest AND window_start >= ${from} AND window_start < ${to}`,
  ]);
  return {
    judgedWindows: windows[0]?.judgedWindows ?? 0,
    toldWindows: windows[0]?.toldWindows ?? 0,
    phases: phases.map(({ phase }) => phase),
    policyVersions: policies,
  };
}
