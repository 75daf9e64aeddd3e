import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMonitoringFile } from '#lib/collector/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';

const NOW = '2026-11-21T10:16:00Z';
const save = (duration: number, phase: string): string =>
  JSON.stringify({
    ts: '2026-11-21T10:07:00Z',
    component: 'autosave',
    event: 'autosave.save.completed',
    feature: 'autosave',
    phase,
    duration_ms: duration,
  });

let root = '';
let databaseUrl = '';

beforeAll(async () => {
  databaseUrl = (await testDatabase()).url;
  root = await mkdtemp(join(tmpdir(), 'phasegate-root-'));
  await mkdir(join(root, 'logs/autosave'), { recursive: true });
  await writeFile(join(root, 'logs/autosave/a.jsonl'), `${save(100, 'A-1')}\n${save(200, 'B-0')}\nbroken\n`);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
  await disconnectDatabase();
});

async function run(args: readonly string[], environment: Record<string, string> = {}) {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, ['scripts/monitor/collect-metrics.ts', `--now=${NOW}`, ...args], {
    env: { ...inherited, TELEMETRY_ROOTS: root, NODE_NO_WARNINGS: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, code] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    new Promise<number | null>((done) => child.once('close', done)),
  ]);
  return { code, out: out.join(''), err: err.join('') };
}

describe('collect-metrics', () => {
  it('reads without a database and writes only where it is told to [COL-7]', async () => {
    const output = join(root, 'out.jsonl');
    const { code, out, err } = await run(['--dry-run', '--window=15m', '--phase=A-1', `--output=${output}`]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      dry_run: true,
      lines: 3,
      events: 2,
      quarantined: 1,
      simulated: 0,
      output,
    });
    const file = await readMonitoringFile(output);
    expect(file.header).toMatchObject({ dry_run: true, window: { start: '2026-11-21T10:00:00.000Z' } });
    expect(new Set(file.series.map((s) => s.phase))).toEqual(new Set(['A-1']));
    expect(await database().telemetrySource.count()).toBe(0);
  });

  it.each([
    [['--simulate-breach', '--phase=A-1'], /refused outside rehearsal mode/],
    [['--simulate-latency=180s', '--phase=A-1'], /refused outside rehearsal mode/],
    [['--rehearsal', '--simulate-breach'], /needs --phase/],
    [['--rehearsal', '--simulate-breach=nothing', '--phase=A-1'], /no objective on nothing/],
    [['--phase=A-9'], /unknown phase "A-9"/],
    [['--window=10m'], /whole 15-minute windows/],
    [['--window=soon'], /write a duration/],
    [['--nonsense'], /unknown option/],
  ])('refuses %j with exit code 2 and one clear line [COL-7]', async (args, message) => {
    const { code, out, err } = await run(['--dry-run', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('adds simulated events in rehearsal mode, tagged so that they are never judged [COL-7, TEL-11]', async () => {
    const args = ['--dry-run', '--simulate-breach', '--simulate-latency=400s', '--phase=A-1'];
    const { code, out } = await run(args, { PHASEGATE_REHEARSAL: '1' });
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer.simulated).toBeGreaterThan(20);
    expect(answer.excluded).toBe(answer.simulated);
  });

  it('collects into the database, once however often it runs [COL-2, COL-7]', async () => {
    const environment = { DATABASE_URL: databaseUrl };
    const first = await run(['--window=30m'], environment);
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(first.out)).toMatchObject({ dry_run: false, problems: [] });
    expect((await run(['--window=30m'], environment)).code).toBe(0);
    const { _sum } = await database().telemetryBatch.aggregate({
      _sum: { eventCount: true, quarantinedCount: true },
    });
    expect(_sum).toEqual({ eventCount: 2n, quarantinedCount: 1n });
    expect(await database().cycle.count({ where: { state: 'collected' } })).toBe(2);
  });
});
