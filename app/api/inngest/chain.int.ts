import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '#inngest/embedded/testing/client.ts';
import { until } from '#inngest/embedded/testing/engine.ts';
import { forgetEnv } from '#lib/config/server.ts';
import { readJobs } from '#lib/dashboard/server.ts';
import { database } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { createApiKey } from '#lib/identity/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { generateEvents } from '#lib/telemetry/index.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { servedJobs } from './served-jobs.fixture.ts';

// The functions of the house, served by the route and run by the embedded runner, on files and a database.
const WINDOW_MS = 900_000;
const hours = 1;
const end = new Date(Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS);
const start = new Date(end.getTime() - hours * 3_600_000);

const FAST_LANE_DONE = { functionId: 'phasegate-fast-lane', state: 'completed' };

let root = '';
let jobs: Awaited<ReturnType<typeof servedJobs>>;
let modules: {
  commands: typeof import('#inngest/job-commands.ts');
  catalogue: typeof import('#inngest/catalogue.ts');
};

beforeAll(async () => {
  await testDatabase();
  root = await mkdtemp(join(tmpdir(), 'phasegate-chain-'));
  await mkdir(join(root, 'reports/canary'), { recursive: true });
  const lines = generateEvents({ seed: 7, start, end, eventsPerMinute: 120, phases: ['A-0', 'A'] });
  await writeFile(join(root, 'reports/canary/phase-a.jsonl'), `${[...lines].join('\n')}\n`);
  jobs = await servedJobs({ TELEMETRY_ROOTS: root });
  modules = {
    commands: await import('#inngest/job-commands.ts'),
    catalogue: await import('#inngest/catalogue.ts'),
  };
  const began = new Date(start.getTime() - 86_400_000);
  await ensureRollouts(began, { autosave: [{ phase: 'A', kind: 'start', at: began, reason: 'a test' }] });
});

afterAll(async () => {
  await jobs.stop();
  await rm(root, { recursive: true, force: true });
});

const command = (requestId: string) => ({ actor: { id: 'u1', name: 'Sato' }, requestId, now: new Date() });

it('takes files to stored verdicts and the dashboard file, one window after the other [COL-3, COL-4, REP-5]', async () => {
  await modules.commands.runJob('phasegate-cycle-tick', command('q1'));
  const windows = hours * 4;
  await until(
    async () => (await database().cycle.count({ where: { state: 'reported' } })) >= windows,
    () =>
      database().jobRun.findMany({ where: { state: 'failed' }, select: { functionId: true, error: true } }),
  );
  expect(await database().jobRun.count({ where: { state: 'failed' } })).toBe(0);
  expect(await database().verdict.count({ where: { verdict: { in: ['pass', 'warn'] } } })).toBeGreaterThan(0);
  const file = JSON.parse(await readFile(join(root, 'reports/monitoring/dashboard.json'), 'utf8'));
  expect(file).toBeTypeOf('object');
  const collected = await database().jobRun.findMany({
    where: { functionId: 'phasegate-collect-window' },
    orderBy: { startedAt: 'asc' },
    select: { event: true },
  });
  const order = collected.map(({ event }) => JSON.stringify(event).match(/"from":"([^"]+)"/)?.[1] ?? '');
  expect(order).toEqual([...order].sort());
  expect(await database().cycle.count()).toBe(windows);
});

it('puts a run by hand on record and shows it [OPS-18]', async () => {
  await modules.commands.runJob('phasegate-watchdog', command('q2'));
  const watched = await until(async () => {
    const { functions } = await readJobs(modules.catalogue.jobCatalogue, { limit: 50 }, new Date());
    const watchdog = functions.find(({ id }) => id === 'phasegate-watchdog');
    return watchdog?.lastRun?.state === 'completed' && watchdog;
  });
  expect(watched.nextAt).not.toBeNull();
  expect(watched.lastRun).toMatchObject({ eventName: 'phasegate/watch.requested', error: null });
  expect(await database().auditEntry.count({ where: { action: 'job.run_requested' } })).toBe(2);
});

it('reads runs page by page, newest first', async () => {
  await modules.commands.runJob('phasegate-refresh-telemetry', command('q7'));
  await until(async () => (await database().jobRun.count({ where: { endedAt: null } })) === 0);
  const page = (before?: string) => readJobs([], { limit: 3, before }, new Date());
  const first = await page();
  const second = await page(first.nextBefore ?? undefined);
  const ids = [...first.runs, ...second.runs].map(({ id }) => id);
  expect(new Set(ids).size).toBe(6);
  const newest = await database().jobRun.findMany({
    orderBy: { seq: 'desc' },
    take: 6,
    select: { id: true },
  });
  expect(ids).toEqual(newest.map(({ id }) => id));
});

/** Has a client send a violation, and what its line says otherwise. */
async function sender() {
  const events = await import('../v1/events/route.ts');
  const { key } = await createApiKey({ name: 'app', scopes: ['ingest:events'] }, SYSTEM_ACTOR, new Date());
  const send = async (more: Record<string, unknown>) => {
    const line = {
      ts: new Date().toISOString(),
      component: 'merge',
      event: 'merge.slo.violation',
      feature: 'merge',
      phase: 'A-0',
      metric: 'merge_conflict_rate',
      ...more,
    };
    const request = new Request('http://localhost/api/v1/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      body: `${JSON.stringify(line)}\n`,
    });
    const response = await events.POST(request, { params: Promise.resolve({}) });
    expect(response.status).toBe(200);
  };
  return send;
}

it('asks for a decision right after the ingest that proves it, not at the next quarter hour [TEL-8]', async () => {
  const send = await sender();
  await send({ dry_run: true });
  await send({ environment: 'staging' });
  await send({});
  const request = await until(async () => (await database().rollbackRequest.findFirst()) ?? undefined);
  expect(request).toMatchObject({
    rolloutId: 'autosave-merge',
    phase: 'A-0',
    toPhase: null,
    cause: 'violation_event',
    state: 'open',
    evidence: { metrics: ['merge_conflict_rate'], events: [{ event: 'merge.slo.violation', count: 1 }] },
  });
  await until(async () => (await database().jobRun.count({ where: FAST_LANE_DONE })) > 0);
  // One was asked: more of the same costs no run.
  await send({ metric: 'retry_rate' });
  expect(await database().rollbackRequest.count()).toBe(1);
});

it('has a violation told at once to Slack, then PagerDuty and the issue, not by the next cycle [REP-2] [REP-3]', async () => {
  const send = await sender();
  const metric = 'save_error_rate';
  await send({
    component: 'autosave',
    event: 'autosave.slo.violation',
    feature: 'autosave',
    phase: 'A',
    metric,
  });
  const message = await until(
    async () =>
      (await database().message.findFirst({
        where: {
          kind: 'autosave-incident',
          rolloutId: 'autosave',
          deliveries: { every: { endedAt: { not: null } } },
        },
        include: { deliveries: { orderBy: { position: 'asc' } } },
      })) ?? undefined,
  );
  // No channel is set up here: each was tried in its order, and the log has it in the end.
  expect(message.deliveries.map(({ channel, state }) => `${channel} ${state}`)).toEqual([
    'incident-autosave failed',
    'pagerduty-autosave failed',
    'issue failed',
    'log delivered',
  ]);
  const runs = await database().jobRun.findMany({ where: { functionId: 'phasegate-deliver-messages' } });
  expect(runs.map(({ event }) => Reflect.get(Object(event), 'name'))).toContain(
    'phasegate/delivery.requested',
  );
});

it('answers clearly for functions and runs that are not there, and for an engine that does not answer', async () => {
  await expect(modules.commands.runJob('phasegate-nothing', command('q3'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  const unknown = '0193a6c0-0000-7000-8000-000000000000';
  await expect(modules.commands.cancelJobRun(unknown, command('q4'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  const ended = await database().jobRun.findFirstOrThrow({ where: { state: 'completed' } });
  await expect(modules.commands.cancelJobRun(ended.id, command('q5'))).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  const before = process.env.INNGEST_BASE_URL;
  process.env.INNGEST_BASE_URL = `http://127.0.0.1:${await freePort()}`;
  forgetEnv();
  await expect(modules.commands.cancelJobRun(ended.id, command('q6'))).rejects.toMatchObject({
    code: 'UPSTREAM',
  });
  process.env.INNGEST_BASE_URL = before;
  forgetEnv();
});
