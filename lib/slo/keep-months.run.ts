import { database, inTransaction } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { keepReport, putFiles } from '#lib/reporter/server.ts';
import { computeSloReport } from './slo-report.run.ts';
import { isSettled, recentSnapshots, snapshotPath } from './snapshot.store.ts';

/** So far back months are still kept that nobody kept when they closed: a Phasegate that was down, or older than this report. */
const MONTHS_BACK = 12;

/**
 * Keeps the report of each rollout's closed months, once, as a row and as a file (DASH-4): what the committee was shown of a
 * month does not change by itself. A month of which windows are still being made up for waits for them. Safe to repeat
 * and to interrupt. Returns the paths kept now. Errors: PolicyError, the database's.
 */
export async function keepClosedMonths(now: Date): Promise<string[]> {
  const { policy } = await loadPolicy();
  const kept: string[] = [];
  for (const rolloutId of Object.keys(policy.rollouts)) {
    const { months = [] } = (await computeSloReport({ rollout: rolloutId }, now)) ?? {};
    for (const month of months.slice(0, MONTHS_BACK)) {
      const path = snapshotPath(rolloutId, month);
      if ((await database().reportFile.count({ where: { path } })) > 0) continue;
      const report = await computeSloReport({ rollout: rolloutId, month }, now);
      if (report?.period.kind !== 'month' || !report.period.closed) continue;
      const { from, to } = report.period;
      const catchesUpUntil = Date.parse(to) + policy.cycle.catchUpSeconds * 1000;
      if (now.getTime() < catchesUpUntil && !(await isSettled(rolloutId, new Date(from), new Date(to))))
        continue;
      const content = `${JSON.stringify(report, null, 2)}\n`;
      const isNew = await inTransaction(async (tx) => {
        // Whoever else keeps it at this moment keeps the same; the first one stands.
        await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${path}, 0))::text`;
        if ((await tx.reportFile.count({ where: { path } })) > 0) return false;
        return await keepReport(tx, { path, kind: 'slo', content, incidentId: null, rolloutId }, now);
      });
      if (isNew) kept.push(path);
    }
  }
  // Also those that could not be written before: the rows are the truth.
  await putFiles(await recentSnapshots(MONTHS_BACK * Object.keys(policy.rollouts).length));
  return kept;
}
