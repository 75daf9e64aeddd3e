import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Runner, startRunner } from '#inngest/embedded/runner.run.ts';
import {
  close,
  EVENT_KEY,
  FAST,
  freePort,
  listen,
  SIGNING_KEY,
  until,
} from '#inngest/embedded/testing/engine.ts';
import { forgetEnv } from '#lib/config/server.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { demandRollback, findRollout, listPhaseChanges } from '#lib/rollouts/server.ts';
import { climbed, demandInput, storeVerdict } from '#scripts/test/climbed-rollout.ts';
import { servedRoute } from './served-route.fixture.ts';

let server: Server;
let runner: Runner;
let runJob: typeof import('#inngest/job-commands.ts')['runJob'];

beforeAll(async () => {
  await climbed();
  const runnerPort = await freePort();
  Object.assign(process.env, {
    NEXTAUTH_SECRET: 'x'.repeat(32),
    PHASEGATE_URL: 'http://127.0.0.1:9', // nobody answers there: no step is proven here
    INNGEST_BASE_URL: `http://127.0.0.1:${runnerPort}`,
    INNGEST_EVENT_KEY: EVENT_KEY,
    INNGEST_SIGNING_KEY: SIGNING_KEY,
  });
  forgetEnv();
  const route = await import('./route.ts');
  ({ runJob } = await import('#inngest/job-commands.ts'));
  server = createServer(servedRoute(route));
  await listen(server, 0);
  const appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  runner = await startRunner({ ...FAST, appUrl, port: runnerPort });
});

afterAll(async () => {
  await runner.stop();
  await close(server);
});

it('sleeps until the deadline of a required rollback and executes it then, not a minute later [ROL-3]', async () => {
  await storeVerdict({ required: true });
  const now = new Date();
  const onCall = { rollback: { mode: 'on_call' as const, decideWithinSeconds: 3 } };
  const input = await demandInput(onCall, undefined, now);
  await inTransaction((tx) => demandRollback(tx, input));
  await runJob('phasegate-tend-rollouts', { actor: { id: 'u', name: 'U' }, requestId: 'q1', now });
  await until(async () => (await findRollout('autosave'))?.state === 'rolling_back');
  const [change] = await listPhaseChanges('autosave', 1);
  expect(change).toMatchObject({ trigger: 'deadline', toPhase: 'B', proof: 'pending' });
  const lateMs = Date.parse(change?.createdAt ?? '') - (now.getTime() + 3000);
  expect(lateMs).toBeGreaterThanOrEqual(0);
  const asleep = await database().jobRun.findMany({ where: { functionId: 'phasegate-tend-rollouts' } });
  const woken = asleep.filter(({ event }) => JSON.stringify(event).includes('phasegate/rollback.due'));
  expect(woken.length).toBeGreaterThanOrEqual(1);
});
