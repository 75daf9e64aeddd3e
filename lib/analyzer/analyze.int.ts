import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow, valueRow, windowsBefore } from '#scripts/test/window-series.ts';
import { analyzeRange, analyzeWindow, latestVerdict, scoreStored } from './server.ts';

const END = new Date('2026-11-20T05:00:00Z');
const HOUR_MS = 3_600_000;

beforeAll(async () => {
  await testDatabase();
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  await emptyTables('telemetry_window', 'metric_reading', 'verdict', 'phase_change', 'rollout');
});

async function insertRollout(id: string, phase: string): Promise<void> {
  await database().rollout.create({ data: { id, phase, phaseEnteredAt: END } });
}

async function insertChange(
  kind: string,
  fromPhase: string | null,
  toPhase: string,
  at: Date,
  version: number,
) {
  await database().phaseChange.create({
    data: {
      rolloutId: 'autosave',
      kind,
      fromPhase,
      toPhase,
      decisionKey: `${kind}:${version}`,
      trigger: 'setup',
      reason: 'test',
      actorId: 'a',
      actorName: 'a',
      flagsBefore: {},
      flagsAfter: {},
      rolloutVersion: version,
      policyHash: 'x',
      createdAt: at,
    },
  });
}

function healthy(phase: string, at: Date, saveMs = 500): WindowSeries[] {
  const where = { rolloutId: 'autosave', phase, at };
  return [
    countRow(where, 'autosave.save.completed', { retried: false }, 200),
    valueRow(where, 'autosave.save.completed', 'duration_ms', Array<number>(200).fill(saveMs)),
    countRow(where, 'collector.latency', {}, 1),
    valueRow(where, 'collector.latency', 'duration_ms', [2000]),
  ];
}

const stored = () => database().verdict.findMany({ orderBy: [{ windowStart: 'asc' }, { revision: 'asc' }] });

describe('analyzing stored windows', () => {
  const [start = END] = windowsBefore(END, 1);

  it('stores a verdict with its readings, once however often it runs [ANA-4] [COL-2]', async () => {
    await insertRollout('autosave', 'A');
    await insertSeries(healthy('A', start));
    const first = await analyzeWindow(start);
    expect(first.stored).toMatchObject([
      { revision: 1, changed: true, verdict: { verdict: 'pass', phase: 'A' } },
    ]);
    const again = await analyzeWindow(start);
    expect(again.stored).toMatchObject([{ id: first.stored[0]?.id, revision: 1, changed: false }]);
    expect(await stored()).toHaveLength(1);
    const readings = await database().metricReading.findMany({ where: { metric: 'autosave_p95' } });
    expect(readings).toMatchObject([{ limitValue: 2500, warnValue: 2000, verdict: 'pass', samples: 200n }]);
    expect(await latestVerdict('autosave')).toEqual(first.stored[0]?.verdict);
    const policy = await database().policyVersion.findMany();
    expect(policy.map(({ hash }) => hash)).toEqual([first.stored[0]?.verdict.policy_version]);
  });

  it('adds a revision when late events change a verdict, and keeps the one before [COL-6]', async () => {
    await insertRollout('autosave', 'A');
    await insertSeries(healthy('A', start));
    await analyzeWindow(start);
    await insertSeries([
      countRow({ rolloutId: 'autosave', phase: 'A', at: start }, 'autosave.save.error', { code: 'x' }, 50),
    ]);
    const late = await analyzeWindow(start);
    expect(late.stored).toMatchObject([{ revision: 2, changed: true, verdict: { verdict: 'violation' } }]);
    expect(await stored()).toMatchObject([
      { revision: 1, isLatest: false, verdict: 'pass' },
      { revision: 2, isLatest: true, verdict: 'violation', rollbackRequired: true, rollbackTo: null },
    ]);
    const latestReadings = await database().metricReading.findMany({
      where: { metric: 'save_error_rate', isLatest: true },
    });
    expect(latestReadings).toMatchObject([{ verdictId: late.stored[0]?.id, value: 0.2 }]);
  });

  it('writes one revision when several workers judge the same windows at once [COL-2]', async () => {
    await insertRollout('autosave', 'A');
    const windows = windowsBefore(END, 12);
    await insertSeries(windows.flatMap((at) => healthy('A', at)));
    const from = windows[0] ?? END;
    const results = await Promise.all(Array.from({ length: 4 }, () => analyzeRange({ from, to: END })));
    expect(await stored()).toHaveLength(12);
    expect(results.flatMap(({ stored: s }) => s).filter(({ changed }) => changed)).toHaveLength(12);
  });

  it('judges each window in the phase the rollout had at its end, and older ones in the first [ANA-4]', async () => {
    await insertRollout('autosave', 'A');
    const windows = windowsBefore(END, 12);
    const at = (i: number) => windows[i] ?? END;
    await insertChange('start', null, 'A', at(2), 1);
    await insertChange('promotion', 'A', 'B', at(4), 2);
    await insertChange('rollback', 'B', 'A', new Date(at(8).getTime() + 60_000), 3);
    await analyzeRange({ from: at(0), to: END });
    expect((await stored()).map(({ phase }) => phase).join('')).toBe('AAAABBBBAAAA');
  });

  it('starts afresh after a rollback: an earlier stay does not count [PHA-4]', async () => {
    await insertRollout('autosave', 'A');
    const before = new Date(END.getTime() - HOUR_MS);
    const drift = countRow(
      { rolloutId: 'autosave', phase: 'A', at: before },
      'autosave.history.drift',
      {},
      3,
    );
    await insertSeries([...healthy('A', start), drift]);
    const scored = () => scoreStored({ rolloutId: 'autosave', phase: 'A', windowEnd: END });
    expect(await scored()).toMatchObject({ verdict: 'violation' });
    await insertChange('start', null, 'B', new Date(END.getTime() - 5 * HOUR_MS), 1);
    await insertChange('rollback', 'B', 'A', new Date(END.getTime() - HOUR_MS / 2), 2);
    expect(await scored()).toMatchObject({ verdict: 'pass' });
    expect(await stored()).toHaveLength(0);
  });

  it('names a phase that today’s policy does not have instead of failing', async () => {
    await insertRollout('autosave', 'Z');
    expect(await analyzeWindow(start)).toEqual({
      stored: [],
      skipped: [{ rolloutId: 'autosave', phase: 'Z' }],
    });
  });

  it('refuses a time that does not start a window', async () => {
    await expect(analyzeWindow(new Date(start.getTime() + 1))).rejects.toThrow(RangeError);
  });

  it('pools a baseline from the windows of another phase, weeks back [ANA-1]', async () => {
    await insertRollout('autosave-merge', 'A-2');
    const session = (phase: string, at: Date, sessions: number, crashes: number) => [
      countRow({ rolloutId: 'autosave-merge', phase, at }, 'client.session', {}, sessions),
      countRow({ rolloutId: 'autosave-merge', phase, at }, 'client.crash', {}, crashes),
    ];
    await insertSeries([
      ...session('A-0', new Date(END.getTime() - 29 * 24 * HOUR_MS), 1000, 10),
      ...session('A-0', new Date(END.getTime() - 31 * 24 * HOUR_MS), 1000, 500),
      ...session('A-2', start, 1000, 12),
    ]);
    const { stored: verdicts } = await analyzeWindow(start);
    const delta = verdicts[0]?.verdict.metrics.find(({ metric }) => metric === 'crash_rate_delta');
    expect(delta).toMatchObject({ value: 0.2, verdict: 'violation', detail: { baseline_samples: 1000 } });
  });

  it('catches up on three days of both rollouts in one call [COL-6]', async () => {
    await insertRollout('autosave', 'A');
    await insertRollout('autosave-merge', 'B-1');
    const windows = windowsBefore(END, 288);
    await insertSeries(
      windows.flatMap((at) => [
        ...healthy('A', at),
        ...healthy('B-1', at).map((row) => ({ ...row, rolloutId: 'autosave-merge' })),
        ...['legacy', 'beta', 'stable'].flatMap((precision) =>
          [true, false].map((auto_accepted) =>
            countRow(
              { rolloutId: 'autosave-merge', phase: 'B-1', at },
              'merge.diff.apply',
              { precision, auto_accepted },
              auto_accepted ? 90 : 10,
            ),
          ),
        ),
      ]),
    );
    const from = windows[0] ?? END;
    const { stored: verdicts } = await analyzeRange({ from, to: END });
    expect(verdicts).toHaveLength(576);
    expect(await database().verdict.count({ where: { isLatest: true } })).toBe(576);
    expect((await analyzeRange({ from, to: END })).stored.every(({ changed }) => !changed)).toBe(true);
  });
});
