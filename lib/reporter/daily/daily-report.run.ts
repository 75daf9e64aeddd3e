import { env } from '#lib/config/server.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { renderReport } from '#lib/templates/index.ts';
import { loadReportTemplate } from '#lib/templates/server.ts';
import { putFiles } from '../files/put-files.run.ts';
import { keepReport } from '../files/report-file.store.ts';
import { loadDay } from './daily.store.ts';
import { dailyValues } from './daily-values.ts';
import { type Day, dailyPath, pastDays } from './day.ts';

/**
 * Keeps the report of yesterday, and of days before that were missed, as a row and as a file (REP-6). Days in which nothing was
 * judged, stepped back or told are left out. Doing it twice gives the same; late telemetry brings yesterday's up to date.
 * Errors: the database's, TemplateFilesError; the caller retries.
 */
export async function writeDailyReports(
  now: Date,
): Promise<{ kept: string[]; written: string[]; failures: { path: string; error: string }[] }> {
  const { policy } = await loadPolicy();
  const days = pastDays(policy.timezone, now);
  const there = await database().reportFile.findMany({
    where: { path: { in: days.map(({ day }) => dailyPath(day)) } },
    select: { path: true },
  });
  const known = new Set(there.map(({ path }) => path));
  const yesterday = days.at(-1);
  const kept: string[] = [];
  const reports: { path: string; kind: 'daily'; content: string }[] = [];
  for (const day of days) {
    const path = dailyPath(day.day);
    if (known.has(path) && day !== yesterday) continue;
    const content = await compose(day);
    if (content === null) continue;
    const report = { path, kind: 'daily' as const, content, incidentId: null, rolloutId: null };
    if (await inTransaction((tx) => keepReport(tx, report, now))) kept.push(path);
    reports.push(report);
  }
  return { kept, ...(await putFiles(reports)) };
}

async function compose(day: Day): Promise<string | null> {
  const { policy } = await loadPolicy();
  const facts = await inTransaction((tx) => loadDay(tx, day));
  if (facts.windows.length + facts.rollbacks.length + facts.deliveries.length === 0) return null;
  const locale = policy.reporting.language;
  const values = dailyValues({ ...facts, policy, locale, day: day.day, appUrl: env().appUrl });
  return `${renderReport(await loadReportTemplate('daily'), locale, values)}\n`;
}
