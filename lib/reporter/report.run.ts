import { join } from 'node:path';
import { latestVerdict } from '#lib/analyzer/server.ts';
import { env } from '#lib/config/server.ts';
import { inTransaction, publishLive } from '#lib/database/server.ts';
import { writeFileAtomically } from '#lib/files/server.ts';
import { rolloutsWithActiveRollback } from '#lib/incidents/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { listRollouts } from '#lib/rollouts/server.ts';
import { announceCycle } from './announce/announce.run.ts';
import { composeDashboardFile } from './compose-dashboard-file.ts';
import type { DashboardFile } from './dashboard-file.schema.ts';

/** Where the dashboard file lives: under the first telemetry root. */
export const dashboardFilePath = (): string =>
  join(env().telemetryRoots[0] ?? '.', 'reports', 'monitoring', 'dashboard.json');

/** Writes the dashboard file from what is stored; doing it twice gives the same file (REP-5). Errors: as `reportWindow`. */
export async function writeDashboard(now: Date): Promise<{ file: string; dashboard: DashboardFile }> {
  const { policy } = await loadPolicy();
  const active = await rolloutsWithActiveRollback(policy.cycle.windowSeconds, now);
  const rollouts = await Promise.all(
    (await listRollouts()).map(async ({ id, phase }) => ({
      id,
      phase,
      latest: await latestVerdict(id),
      rollbackActive: active.has(id),
    })),
  );
  const dashboard = composeDashboardFile(rollouts, now);
  const file = dashboardFilePath();
  await writeFileAtomically(file, `${JSON.stringify(dashboard, null, 2)}\n`);
  return { file, dashboard };
}

/**
 * The reporter's part of a cycle: writes the dashboard file, tells open pages that there is something new, and writes the
 * messages that are due (REP-4, REP-5, DASH-7). Doing it twice gives the same file and no message twice.
 * Errors: the file system's or the database's; the caller retries.
 */
export async function reportWindow(
  now: Date = new Date(),
): Promise<{ file: string; dashboard: DashboardFile; messages: number }> {
  const written = await writeDashboard(now);
  await inTransaction((tx) => publishLive(tx, { topic: 'cycle' }));
  return { ...written, messages: await announceCycle(now) };
}
