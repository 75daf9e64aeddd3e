import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, it } from 'vitest';
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
import { database } from '#lib/database/server.ts';
import { currentDecision, findRollout, signPanel } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { readyInA } from '#scripts/test/ready-rollout.ts';
import { servedRoute } from './served-route.fixture.ts';

let server: Server;
let runner: Runner;
let stopFollowing: () => void;

beforeAll(async () => {
  await testDatabase();
  const runnerPort = await freePort();
  Object.assign(process.env, {
    NEXTAUTH_SECRET: 'x'.repeat(32),
    PHASEGATE_URL: 'http://127.0.0.1:9',
    INNGEST_BASE_URL: `http://127.0.0.1:${runnerPort}`,
    INNGEST_EVENT_KEY: EVENT_KEY,
    INNGEST_SIGNING_KEY: SIGNING_KEY,
  });
  forgetEnv();
  const route = await import('./route.ts');
  server = createServer(servedRoute(route));
  await listen(server, 0);
  const appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  runner = await startRunner({ ...FAST, appUrl, port: runnerPort });
  const { followChanges } = await import('#inngest/follow-changes.ts');
  stopFollowing = followChanges();
});

afterAll(async () => {
  stopFollowing();
  await runner.stop();
  await close(server);
});

it('asks for approval as soon as the last panel is signed, by the engine and not at its next minute [PHA-3, DASH-7]', async () => {
  await readyInA(new Date());
  const { id, name } = await database().user.create({
    data: { email: 'r@example.org', name: 'R', roles: { create: [{ role: 'reviewer', grantedBy: 'test' }] } },
  });
  const shown = await currentDecision('autosave', new Date());
  const verdict = await database().verdict.findFirstOrThrow({ orderBy: { windowStart: 'desc' } });
  await signPanel({
    rolloutId: 'autosave',
    panel: 'autosave',
    comment: '',
    rolloutVersion: shown?.rolloutVersion ?? 0,
    policyHash: shown?.policyHash ?? '',
    verdictId: verdict.id,
    actor: { id, name },
    trigger: 'button',
    now: new Date(),
    dryRun: false,
  });
  await until(async () => (await findRollout('autosave'))?.state === 'awaiting_approval');
  // A tick of the clock may have been first; the run that was asked for comes all the same.
  await until(async () => {
    const runs = await database().jobRun.findMany({ where: { functionId: 'phasegate-decide-rollouts' } });
    return runs.some(({ event }) => JSON.stringify(event).includes('"rollouts":["autosave"]'));
  });
});
