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

it('ends a run as failed that could not take an incident further, names it, and takes the others further [INC-1]', async () => {
  const now = new Date();
  const open = (cause: 'rollback_unproven' | 'not_recovered') =>
    inTransaction((tx) =>
      openIncident(tx, {
        rolloutId: 'autosave',
        phase: 'C',
        cause,
        severity: 'minor',
        details: {},
        actor: SYSTEM_ACTOR,
        at: now,
      }),
    );
  const stuck = await open('rollback_unproven');
  const other = await open('not_recovered');
  await database().$executeRawUnsafe(
    `CREATE FUNCTION refuse_step() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no room''; END'`,
  );
  await database().$executeRawUnsafe(
    `CREATE TRIGGER refuse_step BEFORE INSERT ON incident_step FOR EACH ROW
     WHEN (NEW.incident_id = '${stuck.id}') EXECUTE FUNCTION refuse_step()`,
  );
  try {
    const asked = { actor: { id: 'u', name: 'U' }, requestId: 'q2', now };
    await jobs.runJob('phasegate-advance-incidents', asked);
    await until(async () => (await database().incidentStep.count({ where: { incidentId: other.id } })) === 5);
    const failed = () =>
      database().jobRun.findFirst({
        where: { functionId: 'phasegate-advance-incidents', state: 'failed' },
        orderBy: { seq: 'desc' },
      });
    await until(async () => (await failed()) !== null);
    expect(JSON.stringify((await failed())?.error)).toContain(stuck.id);
  } finally {
    await database().$executeRawUnsafe('DROP FUNCTION refuse_step CASCADE');
  }
});
