import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeRange } from '#lib/analyzer/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow, valueRow, windowsBefore } from '#scripts/test/window-series.ts';
import { readSloReport } from './server.ts';
import { type SloReport, SloReportSchema } from './slo-report.schema.ts';

/** 14:00 in Tokyo. */
const END = new Date('2026-11-20T05:00:00Z');
const NOW = new Date(END.getTime() + 3 * 60_000);
const WINDOWS = 100;

/** 100 saves and 80 failures in the last window, 100 saves and none in the others; half an hour is silent. */
function telemetry(at: Date, i: number) {
  const where = { rolloutId: 'autosave', phase: 'A', at };
  return i === 40 || i === 41
    ? []
    : [
        countRow(where, 'autosave.save.completed', {}, 100),
        valueRow(where, 'autosave.save.completed', 'duration_ms', [
          ...Array<number>(96).fill(500),
          ...Array<number>(4).fill(2600),
        ]),
        ...(i === WINDOWS - 1 ? [countRow(where, 'autosave.save.error', { retryable: false }, 80)] : []),
        valueRow(where, 'collector.latency', 'duration_ms', [i < 10 ? 200_000 : 900]),
      ];
}

beforeAll(async () => {
  await testDatabase();
  const at = new Date(END.getTime() - 7 * 86_400_000);
  await ensureRollouts(at, { autosave: [{ phase: 'A', kind: 'start', at, reason: 'test' }] });
  const windows = windowsBefore(END, WINDOWS);
  await insertSeries(windows.flatMap(telemetry));
  const [from = END] = windows;
  await analyzeRange({ from, to: END });
});
afterAll(disconnectDatabase);

const objectiveOf = (report: SloReport | null, metric: string) =>
  report?.objectives.find((objective) => objective.phase === 'A' && objective.metric === metric);

describe('the report of the rolling period', () => {
  it('adds up budgets from the windows that do not overlap [DASH-4]', async () => {
    const report = SloReportSchema.strict().parse(await readSloReport({ rollout: 'autosave' }, NOW));
    expect(report.period).toEqual({
      kind: 'rolling',
      from: '2026-10-21T05:00:00.000Z',
      to: END.toISOString(),
    });
    // 98 windows of 100 saves, 80 failures beside them; 1 % may fail.
    expect(objectiveOf(report, 'save_error_rate')?.budget).toEqual({
      goodCount: 9800,
      badCount: 80,
      targetRatio: 0.99,
      attainedRatio: 9800 / 9880,
      allowedBadCount: 98.8,
      remainingRatio: 0.19028340081,
      state: 'unhealthy',
    });
    // 4 of 100 saves took longer than 2500 ms, 5 may.
    expect(objectiveOf(report, 'autosave_p95')?.budget).toMatchObject({
      goodCount: 98 * 96,
      badCount: 98 * 4,
      targetRatio: 0.95,
      allowedBadCount: 490,
      remainingRatio: 0.2,
      state: 'unhealthy',
    });
    // 10 of 98 windows were collected later than 3 min; 1 % may be.
    expect(objectiveOf(report, 'collector_latency')).toMatchObject({
      basis: 'windows',
      limit: { kind: 'max', value: 180_000 },
      budget: { goodCount: 88, badCount: 10, allowedBadCount: 0.98, state: 'exhausted' },
    });
    expect(report.objectives.map(({ metric }) => metric)).toEqual([
      'collector_latency',
      'save_error_rate',
      'autosave_p95',
      'history_drift',
    ]);
  });

  it('tells days without counts apart from days without bad ones [DASH-4]', async () => {
    const report = await readSloReport({ rollout: 'autosave' }, NOW);
    const burnDown = objectiveOf(report, 'autosave_p95')?.burnDown ?? [];
    expect(burnDown).toHaveLength(31);
    expect(burnDown.at(0)).toEqual({ day: '2026-10-21', goodCount: 0, badCount: 0, remainingRatio: null });
    expect(burnDown.at(-1)).toMatchObject({ day: '2026-11-20', remainingRatio: 0.2 });
    expect(burnDown.filter(({ remainingRatio }) => remainingRatio !== null)).toHaveLength(2);
  });

  it('fires where both windows burn too fast, and says how long the budget lasts [DASH-4]', async () => {
    const report = await readSloReport({ rollout: 'autosave' }, NOW);
    const alerts = objectiveOf(report, 'save_error_rate')?.alerts ?? [];
    expect(alerts.map(({ thresholdRate }) => thresholdRate)).toEqual([14.4, 6, 3, 1]);
    // 80 of 480 in the last hour, 80 of 180 in its last quarter; a sixth of that in six hours.
    expect(alerts[0]).toMatchObject({
      severity: 'page',
      longBurnRate: 16.6666666667,
      shortBurnRate: 44.4444444444,
      firing: true,
      exhaustedInSeconds: Math.round((0.19028340081 * 2_592_000) / 16.6666666667),
    });
    expect(alerts[1]).toMatchObject({ longBurnRate: 3.22580645161, firing: false });
    expect(alerts.map(({ firing }) => firing)).toEqual([true, false, false, false]);
    expect(objectiveOf(report, 'collector_latency')?.alerts[3]).toMatchObject({
      longBurnRate: Number((10 / 0.98).toPrecision(12)),
      shortBurnRate: 0,
      firing: false,
    });
  });

  it('says what it covers, and by which policies [DASH-4]', async () => {
    const report = await readSloReport({ rollout: 'autosave' }, NOW);
    expect(report?.coverage).toEqual({ expectedWindows: 100, judgedWindows: 100, toldWindows: 98 });
    expect(report?.countedFrom).toBe('2026-11-19T04:00:00.000Z');
    expect(report?.months).toEqual(['2026-11']);
    expect(report?.attainment).toMatchObject([
      { month: '2026-11', phase: 'A', toldWindows: 98, untoldWindows: 2 },
    ]);
    expect(report?.policyVersions).toHaveLength(1);
    expect(report?.steps).toMatchObject([{ kind: 'start', toPhase: 'A' }]);
  });

  it('has the same hash as long as the facts are the same', async () => {
    const first = await readSloReport({ rollout: 'autosave' }, NOW);
    const second = await readSloReport({ rollout: 'autosave' }, new Date(NOW.getTime() + 1000));
    expect(second?.contentSha256).toBe(first?.contentSha256);
    expect(second?.generatedAt).not.toBe(first?.generatedAt);
  });

  it('knows no rollout that is not one', async () => {
    expect(await readSloReport({ rollout: '__proto__' }, NOW)).toBeNull();
    expect(await readSloReport({ rollout: 'other' }, NOW)).toBeNull();
  });
});

describe('slices', () => {
  it('are replaced when late telemetry revises a verdict [COL-6]', async () => {
    const [late = END] = windowsBefore(END, 1);
    const before = await readSloReport({ rollout: 'autosave' }, NOW);
    await insertSeries([
      countRow(
        { rolloutId: 'autosave', phase: 'A', at: late },
        'autosave.save.error',
        { retryable: true },
        5,
      ),
    ]);
    await analyzeRange({ from: late, to: END });
    const after = await readSloReport({ rollout: 'autosave' }, NOW);
    expect(objectiveOf(after, 'save_error_rate')?.budget).toMatchObject({ goodCount: 9800, badCount: 85 });
    expect(after?.contentSha256).not.toBe(before?.contentSha256);
    expect(await database().sloSlice.count({ where: { rolloutId: 'autosave' } })).toBe(WINDOWS * 4);
  });
});
