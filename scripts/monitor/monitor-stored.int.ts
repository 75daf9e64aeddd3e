import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PhaseVerdictSchema } from '#lib/analyzer/index.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow, valueRow } from '#scripts/test/window-series.ts';

const START = new Date('2026-11-20T04:45:00Z');
const END = new Date('2026-11-20T05:00:00Z');
let url = '';

beforeAll(async () => {
  ({ url } = await testDatabase());
  await ensureRollouts(new Date('2026-11-19T00:00:00Z'));
  const where = { rolloutId: 'autosave', phase: 'A', at: START };
  await insertSeries([
    countRow(where, 'autosave.save.completed', {}, 100),
    valueRow(where, 'autosave.save.completed', 'duration_ms', Array<number>(100).fill(500)),
    valueRow(where, 'collector.latency', 'duration_ms', [900]),
  ]);
  await database().cycle.create({
    data: {
      windowStart: START,
      windowEnd: END,
      origin: 'scheduled',
      state: 'collected',
      collectedAt: new Date(END.getTime() + 60_000),
    },
  });
});
afterAll(disconnectDatabase);

function run(script: 'score' | 'analyze', ...args: string[]) {
  const done = spawnSync(process.execPath, [`scripts/monitor/${script}.ts`, ...args], {
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: url },
  });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

it('scores the newest collected window of the database and stores nothing [ANA-5]', async () => {
  const { code, stdout, stderr } = run('score', '--phase', 'A');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(PhaseVerdictSchema.parse(JSON.parse(stdout))).toMatchObject({
    verdict: 'pass',
    window: { start: START.toISOString(), end: END.toISOString() },
  });
  expect(await database().verdict.count()).toBe(0);
});

it('analyzes and stores it once, and a dry run stores nothing [ANA-7]', async () => {
  expect(run('analyze', '--phase', 'A', '--dry-run').code).toBe(0);
  expect(await database().verdict.count()).toBe(0);
  const { code, stdout } = run('analyze', '--phase', 'A');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).verdicts).toMatchObject([{ rollout: 'autosave', phase: 'A', verdict: 'pass' }]);
  run('analyze', '--phase', 'A');
  // One for each rollout: a window is judged as a whole.
  expect(await database().verdict.count()).toBe(2);
});

it('says so when the rollout was not in the phase that was asked for [ANA-5]', () => {
  const { code, stdout, stderr } = run('analyze', '--phase', 'C');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('autosave was not in phase C');
});
