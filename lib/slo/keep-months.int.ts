import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { analyzeRange, countPastWindows } from '#lib/analyzer/server.ts';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow, windowsBefore } from '#scripts/test/window-series.ts';
import { keepClosedMonths, readSloReport } from './server.ts';

/** The end of October in Tokyo, the policy's zone. */
const MONTH_END = new Date('2026-10-31T15:00:00Z');
const LATENESS_MS = 7_200_000;
const CLOSED = new Date(MONTH_END.getTime() + LATENESS_MS);
const PATH = 'reports/slo/autosave-2026-10.json';
const october = { rollout: 'autosave', month: '2026-10' };
const windows = windowsBefore(MONTH_END, 4);
const [start = MONTH_END] = windows;

let files = '';
beforeAll(async () => {
  await testDatabase();
  files = await mkdtemp(join(tmpdir(), 'phasegate-slo-'));
  process.env.TELEMETRY_ROOTS = files;
  forgetEnv();
  const at = new Date(MONTH_END.getTime() - 5 * 86_400_000);
  await ensureRollouts(at, { autosave: [{ phase: 'A', kind: 'start', at, reason: 'test' }] });
});
afterAll(async () => {
  await disconnectDatabase();
  await rm(files, { recursive: true, force: true });
});
beforeEach(async () => {
  await emptyTables('telemetry_window', 'metric_reading', 'verdict', 'slo_slice', 'report_file', 'cycle');
  await insertSeries(
    windows.map((at) =>
      countRow({ rolloutId: 'autosave', phase: 'A', at }, 'autosave.save.completed', {}, 50),
    ),
  );
  await analyzeRange({ from: start, to: MONTH_END });
});

/** The first window of November is judged. */
const beginNovember = () => analyzeRange({ from: MONTH_END, to: new Date(MONTH_END.getTime() + 900_000) });

const replay = async (): Promise<void> => {
  await insertSeries([
    countRow({ rolloutId: 'autosave', phase: 'A', at: start }, 'autosave.save.error', { retryable: true }, 3),
  ]);
  await analyzeRange({ from: start, to: MONTH_END });
};

describe('the report of a month', () => {
  it('is kept once when it is closed, and stays as it was reported [DASH-4]', async () => {
    await beginNovember();
    expect(await keepClosedMonths(new Date(CLOSED.getTime() - 1))).toEqual([]);
    const [kept, again] = await Promise.all([keepClosedMonths(CLOSED), keepClosedMonths(CLOSED)]);
    expect([...kept, ...again].sort()).toEqual([PATH, 'reports/slo/autosave-merge-2026-10.json'].sort());
    const first = await readSloReport(october, CLOSED);
    expect(first?.snapshot).toEqual({ path: PATH, at: CLOSED.toISOString(), changedSince: [] });
    const { contentSha256 } = JSON.parse(await readFile(join(files, PATH), 'utf8'));
    expect(contentSha256).toBe(first?.contentSha256);

    await replay();
    expect(await keepClosedMonths(new Date(CLOSED.getTime() + 86_400_000))).toEqual([]);
    const later = await readSloReport(october, new Date(CLOSED.getTime() + 86_400_000));
    expect(later?.snapshot?.changedSince).toEqual(['attainment', 'objectives']);
    expect(later?.contentSha256).toBe(first?.contentSha256);
    expect(later?.objectives).toEqual(first?.objectives);
  });

  it('waits for windows that are made up for, as long as they can be [DASH-4] [COL-4]', async () => {
    const late = new Date(CLOSED.getTime() + 3_600_000);
    // Phasegate has just come back: nothing after the month is judged yet.
    expect(await keepClosedMonths(late)).toEqual([]);
    await beginNovember();
    const cycle = { windowStart: start, windowEnd: new Date(start.getTime() + 900_000), origin: 'catch_up' };
    await database().cycle.create({ data: cycle });
    expect(await keepClosedMonths(late)).toEqual([]);
    await database().cycle.updateMany({ data: { analyzedAt: late } });
    expect(await keepClosedMonths(late)).toHaveLength(2);

    await database().reportFile.deleteMany();
    await database().cycle.updateMany({ data: { analyzedAt: null } });
    const { catchUpSeconds } = (await loadPolicy()).policy.cycle;
    expect(await keepClosedMonths(new Date(MONTH_END.getTime() + catchUpSeconds * 1000))).toHaveLength(2);
  });

  it('still moves while it is open, and nothing asks for alerts of it [DASH-4]', async () => {
    const before = await readSloReport(october, MONTH_END);
    expect(before?.period).toMatchObject({ kind: 'month', closed: false });
    expect(before?.snapshot).toBeNull();
    await replay();
    const after = await readSloReport(october, MONTH_END);
    expect(after?.contentSha256).not.toBe(before?.contentSha256);
    const objective = after?.objectives.find(({ metric }) => metric === 'save_error_rate');
    expect(objective).toMatchObject({ budget: { goodCount: 200, badCount: 3 }, alerts: [] });
    expect(objective?.burnDown).toHaveLength(31);
    // Without a P95 three cannot be told; the failures of the fourth can.
    expect(after?.coverage).toEqual({ expectedWindows: 4, judgedWindows: 4, toldWindows: 1 });
  });

  it('is empty, not wrong, where there is nothing of it', async () => {
    const report = await readSloReport({ rollout: 'autosave', month: '2026-09' }, CLOSED);
    expect(report).toMatchObject({ objectives: [], coverage: { expectedWindows: 0, judgedWindows: 0 } });
  });
});

describe('verdicts of before budgets were counted', () => {
  it('are counted later, without being judged again, and once [DASH-4]', async () => {
    const counted = await readSloReport(october, MONTH_END);
    const verdicts = await database().verdict.findMany({ orderBy: { windowStart: 'asc' } });
    await database().$executeRaw`DELETE FROM slo_slice`;
    await database().$executeRaw`UPDATE slo_revision SET revision = revision + 1`;
    expect((await readSloReport(october, MONTH_END))?.countedFrom).toBeNull();
    expect(await countPastWindows(480)).toEqual({ counted: 8, more: false });
    expect(await countPastWindows(480)).toEqual({ counted: 0, more: false });
    expect((await readSloReport(october, MONTH_END))?.contentSha256).toBe(counted?.contentSha256);
    expect(await database().verdict.findMany({ orderBy: { windowStart: 'asc' } })).toEqual(verdicts);
  });
});
