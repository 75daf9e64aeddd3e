import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Inngest } from 'inngest';
import { Client } from 'pg';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { env } from '#lib/config/server.ts';
import { database } from '#lib/database/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { freePort, testClient } from './testing/client.ts';
import { endedRun, until } from './testing/engine.ts';

let folder = '';
let appPort = 0;
let runnerPort = 0;
let inngest: Inngest;
const children = new Set<ChildProcess>();
/** What processes of this test are called in the database. */
const CHILD = 'crash-test-child';

beforeAll(async () => {
  await testDatabase();
});

beforeEach(async () => {
  await emptyTables('job_run', 'job_step', 'job_event', 'job_function', 'job_runner');
  folder = await mkdtemp(join(tmpdir(), 'phasegate-crash-'));
  [appPort, runnerPort] = [await freePort(), await freePort()];
  inngest = testClient(runnerPort);
});

afterEach(async () => {
  await Promise.all([...children].map(kill));
  await rm(folder, { recursive: true, force: true });
});

function start(script: string, ...args: (string | number)[]): ChildProcess {
  const file = join(import.meta.dirname, 'testing', script);
  const child = spawn(process.execPath, [file, ...args.map(String)], {
    env: { ...process.env, PGAPPNAME: CHILD },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.add(child);
  return child;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    () => true,
    () => false,
  );
}

async function startApp(): Promise<ChildProcess> {
  const app = start('app-process.ts', appPort, runnerPort, folder);
  await until(() => answers(appPort));
  return app;
}

/** So long that a runner which lives keeps its calls on the busiest machine. */
const LONG_LEASE_MS = 600_000;

async function startRunner(leaseMs = LONG_LEASE_MS): Promise<ChildProcess> {
  const runner = start('runner-process.ts', runnerPort, `http://127.0.0.1:${appPort}`, leaseMs);
  await until(() => answers(runnerPort));
  return runner;
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** A kill -9, and time until the leases of the dead one have run out. */
async function killAndWait(runner: ChildProcess): Promise<void> {
  await kill(runner);
  // What it sent last may still be done.
  await until(async () => {
    const [row] = await database().$queryRaw<{ n: number }[]>`
      SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = ${CHILD}`;
    return row?.n === 0;
  });
  await database().$executeRaw`UPDATE job_run SET lease_until = now() WHERE lease_until > now()`;
  await database().$executeRaw`UPDATE job_step SET lease_until = now() WHERE lease_until > now()`;
}

async function effects(): Promise<string[]> {
  const text = await readFile(join(folder, 'effects.txt'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

const openGate = () => writeFile(join(folder, 'gate'), '');

it('goes on after a kill -9 of the runner in mid-step, without repeating what was memoised [OPS-18]', async () => {
  await startApp();
  const runner = await startRunner();
  await until(async () => (await database().jobFunction.count()) > 0);
  await inngest.send({ id: 'go', name: 'test/gated' });
  await until(async () => (await effects()).includes('slow'));
  await killAndWait(runner);
  await openGate();
  await startRunner();
  expect(await endedRun('test-gated')).toMatchObject({ state: 'completed', output: 'passed' });
  const lines = await effects();
  expect(lines.filter((line) => line === 'first')).toHaveLength(1);
  expect(lines.filter((line) => line === 'last')).toHaveLength(1);
  // The result of the step in flight died with the runner, so it alone is run again.
  expect(lines.filter((line) => line === 'slow')).toHaveLength(2);
});

it('retries a step whose app was killed in the middle of it', async () => {
  const app = await startApp();
  await startRunner();
  await until(async () => (await database().jobFunction.count()) > 0);
  await inngest.send({ id: 'go', name: 'test/gated' });
  await until(async () => (await effects()).includes('slow'));
  await kill(app);
  await openGate();
  await startApp();
  expect(await endedRun('test-gated')).toMatchObject({ state: 'completed', output: 'passed' });
  const lines = await effects();
  expect(lines).toEqual(['first', 'slow', 'slow', 'last']);
});

it('waits for an app that is down without using up attempts', async () => {
  const app = await startApp();
  await startRunner();
  await until(async () => (await database().jobFunction.count()) > 0);
  await kill(app);
  await inngest.send({ id: 'go', name: 'test/long' });
  await until(async () => {
    const run = await database().jobRun.findFirst();
    return JSON.stringify(run?.error ?? '').includes('AppUnreachable');
  });
  await startApp();
  // The function has no retries at all.
  expect(await endedRun('test-long')).toMatchObject({ state: 'completed', output: 'through' });
  expect(await effects()).toHaveLength(25);
});

it('keeps an event that was acknowledged just before a kill -9', async () => {
  await startApp();
  const runner = await startRunner();
  await until(async () => (await database().jobFunction.count()) > 0);
  await inngest.send({ id: 'go', name: 'test/long' });
  await killAndWait(runner);
  await startRunner();
  expect(await endedRun('test-long')).toMatchObject({ state: 'completed' });
});

it('holds an event until the app has registered its functions', async () => {
  await startRunner();
  const sent = inngest.send({ id: 'go', name: 'test/long' });
  await startApp();
  await sent;
  expect(await endedRun('test-long')).toMatchObject({ state: 'completed' });
});

it('drops what a runner brings that was asleep while another took its place', async () => {
  await startApp();
  const sleeper = await startRunner(3000);
  await until(async () => (await database().jobFunction.count()) > 0);
  await inngest.send({ id: 'go', name: 'test/gated' });
  await until(async () => (await effects()).includes('slow'));
  sleeper.kill('SIGSTOP');
  runnerPort = await freePort();
  await startRunner();
  // The other runner calls the step again when the lease has run out by itself.
  await until(async () => (await effects()).filter((line) => line === 'slow').length >= 2);
  await openGate();
  const run = await endedRun('test-gated');
  sleeper.kill('SIGCONT');
  const woken = new Date();
  const mine = { id: { contains: `:${sleeper.pid}:` }, seenAt: { gt: woken } };
  await until(async () => (await database().jobRunner.count({ where: mine })) > 0);
  expect(await endedRun('test-gated')).toEqual(run);
  expect((await effects()).filter((line) => line === 'last')).toHaveLength(1);
});

it('goes on when the database drops every connection', async () => {
  await startApp();
  await startRunner(1500);
  await until(async () => (await database().jobFunction.count()) > 0);
  await inngest.send({ id: 'go', name: 'test/long' });
  const dropper = new Client({ connectionString: env().databaseUrl });
  await dropper.connect();
  try {
    for (let n = 1; n <= 3; n += 1) {
      await until(async () => (await effects()).length >= 5 * n);
      await dropper.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
    }
    await until(async () => {
      const { rows } = await dropper.query<{ state: string }>('SELECT state FROM job_run');
      return rows[0]?.state === 'completed';
    });
  } finally {
    await dropper.end();
  }
  expect(new Set(await effects()).size).toBe(25);
});

it('repeats at most one step for each kill -9 of the runner, wherever it hits', async () => {
  await startApp();
  let runner = await startRunner();
  await until(async () => (await database().jobFunction.count()) > 0);
  await inngest.send({ id: 'go', name: 'test/long' });
  const kills = 4;
  for (let n = 0; n < kills; n += 1) {
    await until(async () => (await effects()).length >= 4 * (n + 1));
    await sleep(Math.random() * 20);
    await killAndWait(runner);
    runner = await startRunner();
  }
  expect(await endedRun('test-long')).toMatchObject({ state: 'completed', output: 'through' });
  const lines = await effects();
  expect(new Set(lines).size).toBe(25);
  expect(lines.length).toBeLessThanOrEqual(25 + kills);
});
