import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { advanceIncidents, openIncident } from '#lib/incidents/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { demandRollback, rollBack } from '#lib/rollouts/server.ts';
import { climbed, confirm, demandInput, later, NOW, storeVerdict } from '#scripts/test/climbed-rollout.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';
import { writeIncidentReports } from './incident-reports.run.ts';
import { ReportFileQuerySchema } from './report-file.schema.ts';
import { listReports, readReport } from './report-file.store.ts';

const ALERT = 'reports/alerts/20261124T030000000Z.md';
const RCA = 'reports/rca/Incident-001-2026-11-24.md';
let root: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  await climbed();
  ({ root, remove } = await telemetryRoot());
  await rm(join(root, 'reports'), { recursive: true });
});
afterEach(async () => {
  await disconnectDatabase();
  await remove();
});

/** A violation that on-call is asked about, with its alert, as a decision leaves them. */
async function violated(cause: 'slo_violation' | 'not_recovered' = 'slo_violation'): Promise<string> {
  const verdictId = await storeVerdict({ required: true });
  const { policy } = await loadPolicy();
  const input = await demandInput({ rollback: { mode: 'on_call', decideWithinSeconds: 900 } });
  return await inTransaction(async (tx) => {
    const { id: incidentId } = await openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'C',
      cause,
      severity: 'major',
      verdictId,
      details: {},
      actor: SYSTEM_ACTOR,
      at: NOW,
    });
    const demanded = await demandRollback(tx, input);
    if (!('request' in demanded)) throw new Error(demanded.outcome);
    await enqueueMessage(tx, policy, {
      dedupKey: `autosave-incident:${incidentId}`,
      cause: { kind: 'autosave-incident', incidentId, requestId: demanded.request.id },
      rolloutId: 'autosave',
      phase: 'C',
      incidentId,
      at: NOW,
    });
    return incidentId;
  });
}

const onDisk = (path: string) => readFile(join(root, path), 'utf8');
const write = (seconds: number) => writeIncidentReports(later(seconds));

describe('the reports of an incident', () => {
  it('are kept as rows and files from its first minute on, and not made twice [REP-5] [ROL-6]', async () => {
    const incidentId = await violated();
    const round = await write(10);
    expect(round).toEqual({ kept: [ALERT, RCA], written: [ALERT, RCA], failures: [] });
    expect(await write(20)).toEqual({ kept: [], written: [], failures: [] });
    for (const path of [ALERT, RCA]) expect(await onDisk(path)).toBe(await readReport(path));
    const { reports } = await listReports({ limit: 10, incident: incidentId });
    expect(reports.map(({ path, kind, rolloutId }) => [path, kind, rolloutId])).toEqual([
      [ALERT, 'alert', 'autosave'],
      [RCA, 'rca', 'autosave'],
    ]);
    expect(await onDisk(ALERT)).toMatch(/^## Incident-001（major）AutoSave 露出率 C の SLO 違反/);
    expect(await onDisk(ALERT)).toContain('npm run flags:rollback -- --rollout autosave --phase B');
  });

  it('are listed each once, page by page, also those made in the same instant [REP-5]', async () => {
    const incident = await violated();
    await write(10);
    const seen: string[] = [];
    for (let before: string | undefined; ; ) {
      const page: Awaited<ReturnType<typeof listReports>> = await listReports(
        ReportFileQuerySchema.parse({ limit: 1, incident, before }),
      );
      seen.push(...page.reports.map(({ path }) => path));
      if (page.nextBefore === null) break;
      before = page.nextBefore;
    }
    expect(seen).toEqual([ALERT, RCA]);
    expect(ReportFileQuerySchema.safeParse({ before: 'yesterday a.md' }).success).toBe(false);
  });

  it('complete the step of the draft within the first cycle, once somebody owns it [ROL-6] [INC-1]', async () => {
    const incidentId = await violated();
    await write(10);
    await advanceIncidents(later(10));
    const row = await database().reportFile.findFirstOrThrow({ where: { incidentId, kind: 'rca' } });
    expect(row.createdAt.getTime() - NOW.getTime()).toBeLessThan(900_000);
  });

  it('carry the runbook entry of the rollback and the flags before and after it [REP-7] [ROL-6]', async () => {
    await violated();
    await write(10);
    await advanceIncidents(later(10));
    await rollBack({ ...confirm, now: later(120) });
    await advanceIncidents(later(130));
    expect((await write(131)).written).toEqual([ALERT, RCA]);
    const alert = await onDisk(ALERT);
    expect(alert.split('## Runbook')[1]).toMatch(
      /^\n\n- .*ロールバック実行: `npm run flags:rollback -- --rollout autosave --phase \w+` \/ initiated_by=On-call \/ reason=saves are slow/,
    );
    const rca = await onDisk(RCA);
    expect(rca).toContain('- 前: autosave.enabled=true (100 %)');
    expect(rca).toContain('- 後: autosave.enabled=true (30 %)');
    expect(rca).toContain('ロールバック: C → B (On-call, button, 2026/11/24 12:02:00 JST)');
    expect(rca).toContain('| 共有期限 | 2026/11/25 18:00:00 JST |');
    expect(rca).toContain(`| アラート | \`${ALERT}\` |`);
  });

  it('are written again where a crash came between the row and the file [REP-5]', async () => {
    await violated();
    await write(10);
    await rm(join(root, RCA));
    await writeFile(join(root, ALERT), 'half a fi');
    const round = await write(70);
    expect(round).toEqual({ kept: [], written: [ALERT, RCA], failures: [] });
    expect(await onDisk(ALERT)).toBe(await readReport(ALERT));
  });

  it('leave an RCA alone in which a person has written [ROL-6]', async () => {
    await violated();
    await write(10);
    const edited = (await onDisk(RCA)).replace('（担当が記入）', '古い索引を読んでいた');
    await writeFile(join(root, RCA), edited);
    await advanceIncidents(later(60));
    const round = await write(70);
    expect(round.written).toEqual([]);
    expect(await onDisk(RCA)).toBe(edited);
  });

  it('stop nothing where a file cannot be written, and are written at a later minute [REP-5]', async () => {
    await violated();
    await writeFile(join(root, 'reports'), 'a file in the way');
    const round = await write(10);
    expect(round.kept).toEqual([ALERT, RCA]);
    expect(round.failures.map(({ what }) => what)).toEqual([ALERT, RCA]);
    expect((await advanceIncidents(later(10))).failures).toEqual([]);
    await rm(join(root, 'reports'));
    expect((await write(70)).written).toEqual([ALERT, RCA]);
  });

  it('are made once by processes that look at the same time [REP-5]', async () => {
    await violated();
    const rounds = await Promise.all(Array.from({ length: 4 }, () => write(10)));
    expect(rounds.flatMap(({ failures }) => failures)).toEqual([]);
    expect(await database().reportFile.count()).toBe(2);
    expect(await readdir(join(root, 'reports', 'rca'))).toEqual(['Incident-001-2026-11-24.md']);
    expect(await readdir(join(root, 'reports', 'alerts'))).toEqual(['20261124T030000000Z.md']);
  });

  it('of two incidents of one instant have files of their own [REP-5]', async () => {
    const { policy } = await loadPolicy();
    const first = await violated();
    await write(10);
    const other = await inTransaction(async (tx) => {
      const incident = await openIncident(tx, {
        rolloutId: 'autosave-merge',
        phase: 'A-1',
        cause: 'slo_violation',
        severity: 'major',
        details: {},
        actor: SYSTEM_ACTOR,
        at: NOW,
      });
      await enqueueMessage(tx, policy, {
        dedupKey: `autosave-incident:${incident.id}`,
        cause: { kind: 'autosave-incident', incidentId: incident.id, requestId: null },
        rolloutId: 'autosave-merge',
        phase: 'A-1',
        incidentId: incident.id,
        at: NOW,
      });
      return incident;
    });
    expect((await write(20)).failures).toEqual([]);
    const alerts = await database().reportFile.findMany({
      where: { kind: 'alert' },
      orderBy: { path: 'asc' },
    });
    expect(alerts.map(({ path, incidentId }) => [path, incidentId])).toEqual([
      ['reports/alerts/20261124T030000000Z-Incident-002.md', other.id],
      [ALERT, first],
    ]);
  });

  it('that are not there are not found', async () => {
    await expect(readReport('reports/rca/../../etc/passwd')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
