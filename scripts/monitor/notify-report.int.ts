import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow, valueRow } from '#scripts/test/window-series.ts';

const START = new Date('2026-11-20T04:45:00Z');
const END = new Date('2026-11-20T05:00:00Z');
const root = mkdtempSync(join(tmpdir(), 'phasegate-notify-'));
let url = '';

beforeAll(async () => {
  ({ url } = await testDatabase());
  await ensureRollouts(new Date('2026-11-10T00:00:00Z'), {
    autosave: [{ phase: 'B', kind: 'start', at: new Date('2026-11-10T00:00:00Z'), reason: 'test' }],
  });
  const where = { rolloutId: 'autosave', phase: 'B', at: START };
  await insertSeries([
    countRow(where, 'autosave.save.completed', {}, 1000),
    valueRow(where, 'autosave.save.completed', 'duration_ms', Array<number>(1000).fill(500)),
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

function run(script: 'score' | 'analyze' | 'report' | 'notify', args: string[], input?: string) {
  const done = spawnSync(process.execPath, [`scripts/monitor/${script}.ts`, ...args], {
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: url, TELEMETRY_ROOTS: root },
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
  });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}
const messages = () => database().message.count();

it('shows the message of a piped verdict and tells nobody in a dry run [REP-8]', async () => {
  const scored = run('score', ['--phase', 'B']);
  expect(scored.code).toBe(0);
  const { code, stdout, stderr } = run('notify', ['--phase', 'B', '--dry-run'], scored.stdout);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const notice = JSON.parse(stdout);
  expect(notice).toMatchObject({
    rollout: 'autosave',
    phase: 'B',
    dry_run: true,
    outcome: 'dry_run',
    message: { kind: 'autosave-ok', level: 'info', routes: [{ channel: 'autosave-rollout', sink: 'slack' }] },
  });
  expect(notice.message.texts[0].text).toContain('p95=');
  expect(await messages()).toBe(0);
});

it('tells of a stored verdict once, also when nothing is piped to it [REP-8] [REP-3]', async () => {
  const early = run('notify', ['--phase', 'B']);
  expect(early).toMatchObject({ code: 2, stdout: '' });
  expect(early.stderr).toContain('monitor:analyze');
  expect(run('analyze', ['--phase', 'B']).code).toBe(0);
  expect(JSON.parse(run('notify', ['--phase', 'B']).stdout).outcome).toBe('sent');
  expect(JSON.parse(run('notify', ['--phase', 'B']).stdout).outcome).toBe('sent_before');
  expect(await database().message.findMany({ include: { deliveries: true } })).toMatchObject([
    { kind: 'autosave-ok', deliveries: [{ channel: 'autosave-rollout', state: 'due' }] },
  ]);
});

it('refuses another phase than the verdict’s, and what is no verdict [REP-8]', () => {
  const scored = run('score', ['--phase', 'B']).stdout;
  expect(run('notify', ['--phase', 'C', '--dry-run'], scored)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'standard input judges autosave B, not autosave C\n',
  });
  expect(run('notify', ['--phase', 'B', '--dry-run'], '{"verdict":"pass"}').code).toBe(2);
  expect(run('notify', ['--phase', 'B9', '--dry-run'], scored).code).toBe(2);
});

it('writes the dashboard file and prints one JSON object with its path [REP-5] [REP-8]', () => {
  const { code, stdout, stderr } = run('report', ['--phase', 'B']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    rollout: 'autosave',
    phase: 'B',
    current_phase: 'B',
    reports: [],
    failures: [],
  });
  expect(report.verdict.phase).toBe('B');
  expect(existsSync(report.dashboard)).toBe(true);
  expect(JSON.parse(readFileSync(report.dashboard, 'utf8'))).toMatchObject({ schema_version: 1 });
});
