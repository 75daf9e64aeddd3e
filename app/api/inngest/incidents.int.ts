import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '#inngest/embedded/testing/engine.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { commentOnStep, nameOwner, openIncident, readIncidentDetail } from '#lib/incidents/server.ts';
import { climbed } from '#scripts/test/climbed-rollout.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';
import { servedJobs } from './served-jobs.fixture.ts';

let jobs: Awaited<ReturnType<typeof servedJobs>>;
let root: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  await climbed();
  ({ root, remove } = await telemetryRoot());
  jobs = await servedJobs();
});

afterAll(async () => {
  await jobs.stop();
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
  await jobs.runJob('phasegate-advance-incidents', { actor: { id: 'u', name: 'U' }, requestId: 'q1', now });
  await until(async () => (await readIncidentDetail(incidentId, new Date())).steps[3]?.state === 'done');
  const { steps, reports, notClosable } = await readIncidentDetail(incidentId, new Date());
  expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'open']);
  expect(steps[3]).toMatchObject({ doneByName: 'Owner', comment: 'looking at the index' });
  expect(notClosable).toEqual({ steps: [], checks: ['slo_green'] });
  const [draft] = reports;
  expect(draft?.kind).toBe('rca');
  await access(join(root, draft?.path ?? ''));
});
