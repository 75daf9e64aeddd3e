import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { database, inTransaction } from '#lib/database/server.ts';
import { type Actor, cliActor } from '#lib/identity/index.ts';
import { createUser, updateUser } from '#lib/identity/server.ts';
import { advanceIncidents, commentOnStep, nameOwner, openIncident } from '#lib/incidents/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { readIncidentPage } from './incident-view.run.ts';
import { IncidentPageSchema } from './incident-view.schema.ts';
import { readOverview } from './overview.run.ts';
import { OverviewSchema } from './rollout-view.schema.ts';

const start = new Date('2026-11-21T00:00:00Z');
const at = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
const reader = (role: string): Actor => ({ ...cliActor('test'), kind: 'user', roles: [role] });
const system = { id: 'system', name: 'Phasegate' };
let incidentId = '';
let ownerId = '';

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(start);
  const { policy } = await loadPolicy();
  const add = (name: string) =>
    createUser(
      { email: `${name}@example.org`, name, roles: ['sre'], password: 'correct horse battery' },
      cliActor('test'),
      policy,
      start,
    );
  ownerId = (await add('Aoi')).id;
  const gone = await add('Gone');
  await updateUser(gone.id, { disabled: true }, cliActor('test'), policy, start);
  const incident = await inTransaction((tx) =>
    openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'B',
      cause: 'slo_violation',
      severity: 'major',
      details: {},
      actor: system,
      at: start,
    }),
  );
  incidentId = incident.id;
});

const page = async (role: string, minutes: number) =>
  IncidentPageSchema.parse(await readIncidentPage(incidentId, reader(role), at(minutes)));

it('shows an incident with its five steps, its deadlines and what the reader may do [INC-1, INC-2]', async () => {
  await advanceIncidents(at(1));
  const seen = await page('sre', 6);
  expect(seen.key).toBe(`Incident-${String(seen.detail.incident.number).padStart(3, '0')}`);
  expect(seen.detail.steps.map(({ step }) => step)).toEqual([
    'received',
    'escalation',
    'rollback',
    'rca',
    'closure',
  ]);
  expect(seen.detail.steps[0]).toMatchObject({ state: 'overdue', dueAt: at(5).toISOString() });
  expect(seen.detail.notClosable.steps.length).toBeGreaterThan(0);
  expect(seen.rights.close.allowed).toBe(true);
  expect((await page('viewer', 6)).rights).toMatchObject({
    handle: { allowed: false },
    close: { allowed: false },
  });
  expect(seen.people).toEqual([{ id: ownerId, name: 'Aoi' }]);
});

it('shows what people said of a step and who owns it, with what proves it [INC-2]', async () => {
  const actor = { id: ownerId, name: 'Aoi' };
  await commentOnStep({ incidentId, step: 'received', comment: 'seen it', actor, now: at(7) });
  await nameOwner({ incidentId, ownerId, actor, now: at(8) });
  await advanceIncidents(at(9));
  const seen = await page('sre', 10);
  expect(seen.detail.owner).toEqual({ id: ownerId, name: 'Aoi' });
  expect(seen.detail.steps[0]).toMatchObject({ state: 'done', comment: 'seen it' });
  expect(seen.evidence.received).toHaveProperty('messages');
  expect(seen.detail.timeline.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['opened', 'comment', 'owner', 'step_done']),
  );
});

it('knows of no incident that is not there', async () => {
  await expect(readIncidentPage(randomUUID(), reader('sre'), start)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await database().incident.count()).toBe(1);
});

it('says rollback_active on the overview while an incident is open, and one cycle longer [INC-3]', async () => {
  const active = async (now: Date) =>
    OverviewSchema.parse(await readOverview(now)).rollouts.flatMap(({ id, rollbackActive }) =>
      rollbackActive.map(({ key, closedAt }) => [id, key, closedAt]),
    );
  expect(await active(at(20))).toEqual([['autosave', 'Incident-001', null]]);
  const closedAt = at(30);
  await database().incident.update({ where: { id: incidentId }, data: { state: 'closed', closedAt } });
  const lastMoment = new Date(at(45).getTime() - 1);
  expect(await active(lastMoment)).toEqual([['autosave', 'Incident-001', closedAt.toISOString()]]);
  expect(await active(at(45))).toEqual([]);
});
