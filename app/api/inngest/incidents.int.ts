import { access } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
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
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { commentOnStep, nameOwner, openIncident, readIncidentDetail } from '#lib/incidents/server.ts';
import { climbed } from '#scripts/test/climbed-rollout.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';
import { servedRoute } from './served-route.fixture.ts';

let server: Server;
let runner: Runner;
let root: string;
let remove: () => Promise<void>;
let runJob: typeof import('#inngest/job-commands.ts')['runJob'];

beforeAll(async () => {
  await climbed();
  ({ root, remove } = await telemetryRoot());
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
  ({ runJob } = await import('#inngest/job-commands.ts'));
  server = createServer(servedRoute(route));
  await listen(server, 0);
  const appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  runner = await startRunner({ ...FAST, appUrl, port: runnerPort });
});

afterAll(async () => {
  await runner.stop();
  await close(server);
  await remove();
});

it('takes an incident through its steps by its job: received, decided, nothing to step back, RCA drafted [INC-1] [ROL-6]', async () => {
  const now = new Date();
  const owner = await database().user.create({ data: { email: 'o@example.org', name: 'Owner' } });
  const { id: incidentId } = await inTransaction((tx) =>
    openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'C',
      cause: 'slo_violation',
      severity: 'minor',
      details: {},
      actor: SYSTEM_ACTOR,
      at: now,
    }),
  );
  const actor = { id: owner.id, name: owner.name };
  await nameOwner({ incidentId, ownerId: owner.id, actor, now });
  await commentOnStep({ incidentId, step: 'rca', comment: 'looking at the index', actor, now });
  await runJob('phasegate-advance-incidents', { actor: { id: 'u', name: 'U' }, requestId: 'q1', now });
  await until(async () => (await readIncidentDetail(incidentId, new Date())).steps[3]?.state === 'done');
  const { steps, reports, notClosable } = await readIncidentDetail(incidentId, new Date());
  expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'open']);
  expect(steps[3]).toMatchObject({ doneByName: 'Owner', comment: 'looking at the index' });
  expect(notClosable).toEqual({ steps: [], checks: ['slo_green'] });
  const [draft] = reports;
  expect(draft?.kind).toBe('rca');
  await access(join(root, draft?.path ?? ''));
});
