import { log } from '#lib/config/server.ts';
import { database, inTransaction, publishLive } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { alertReports } from './alert-reports.store.ts';
import { putFiles } from './put-files.run.ts';
import { rcaReport } from './rca-report.store.ts';
import { keepReport, type NewReport } from './report-file.store.ts';

/** For so long after the last that is told of it a closed incident's files are still brought up to date. */
const AFTER_CLOSING_MS = 86_400_000;

export type ReportRound = {
  kept: string[];
  written: string[];
  failures: { what: string; error: string }[];
};

/**
 * Keeps the reports of incidents that are open or of which something was told lately (REP-5, REP-7, ROL-6): each alert with its runbook
 * entries, and the draft of the RCA. Rows first, files then; doing it twice gives the same, and several processes may do it.
 * An incident or a file that fails leaves the others alone and is tried again at the next call.
 */
export async function writeIncidentReports(now: Date): Promise<ReportRound> {
  const loaded = await loadPolicy();
  const lately = new Date(now.getTime() - AFTER_CLOSING_MS);
  const incidents = await database().incident.findMany({
    where: {
      OR: [{ state: 'open' }, { closedAt: { gt: lately } }, { events: { some: { at: { gt: lately } } } }],
    },
    orderBy: { number: 'asc' },
  });
  const round: ReportRound = { kept: [], written: [], failures: [] };
  for (const incident of incidents) {
    try {
      const reports = [...(await alertReports(loaded.policy, incident))];
      reports.push(
        await rcaReport(
          loaded.policy,
          incident,
          reports.map(({ path }) => path),
          now,
        ),
      );
      round.kept.push(...(await keepAll(reports, incident.rolloutId, now)));
      const { written, failures } = await putFiles(reports);
      round.written.push(...written);
      round.failures.push(...failures.map(({ path, error }) => ({ what: path, error })));
    } catch (error) {
      log('reporter').error(
        { err: error, incident: incident.id },
        'the reports of an incident could not be made',
      );
      round.failures.push({
        what: incident.id,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return round;
}

async function keepAll(reports: readonly NewReport[], rolloutId: string, now: Date): Promise<string[]> {
  return await inTransaction(async (tx) => {
    const kept: string[] = [];
    for (const report of reports) if (await keepReport(tx, report, now)) kept.push(report.path);
    if (kept.length > 0) await publishLive(tx, { topic: 'incident', rolloutId });
    return kept;
  });
}
