import { database } from '#lib/database/server.ts';
import { type SloReport, SloReportSchema } from './slo-report.schema.ts';

/** Where the report of a closed month is kept. */
export function snapshotPath(rolloutId: string, month: string): string {
  return `reports/slo/${rolloutId}-${month}.json`;
}

/** A closed month as it was first reported; null where it was not. Errors: the database's; a ZodError for a text that is none. */
export async function findSnapshot(
  rolloutId: string,
  month: string,
): Promise<{ report: SloReport; path: string; at: string } | null> {
  const path = snapshotPath(rolloutId, month);
  const row = await database().reportFile.findUnique({ where: { path } });
  return (
    row && {
      report: SloReportSchema.parse(JSON.parse(row.content)),
      path,
      at: row.createdAt.toISOString(),
    }
  );
}

/** Whether every planned window of a span is judged, and one after it: nothing of it is being made up for. */
export async function isSettled(rolloutId: string, from: Date, to: Date): Promise<boolean> {
  const [unfinished, later] = await Promise.all([
    database().cycle.findFirst({
      where: { windowStart: { gte: from, lt: to }, analyzedAt: null },
      select: { windowStart: true },
    }),
    database().verdict.findFirst({
      where: { rolloutId, windowStart: { gte: to }, isLatest: true },
      select: { id: true },
    }),
  ]);
  return unfinished === null && later !== null;
}

/** The newest kept months, as files. */
export async function recentSnapshots(
  count: number,
): Promise<{ path: string; kind: string; content: string }[]> {
  return await database().reportFile.findMany({
    where: { kind: 'slo' },
    orderBy: [{ createdAt: 'desc' }, { path: 'asc' }],
    take: count,
    select: { path: true, kind: true, content: true },
  });
}
