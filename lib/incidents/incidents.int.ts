import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { readAuditChain, verifyAuditChain } from '#lib/evidence/server.ts';
import { emptyTables, putRollout, testDatabase } from '#scripts/test/database.ts';
import { closeIncident, listIncidents, type NewIncident, openIncident } from './server.ts';

const AT = new Date('2026-11-21T09:03:00.000Z');
const WINDOW_MS = 900_000;
const PERSON = { id: 'p', name: 'On-call' };
const violated: NewIncident = {
  rolloutId: 'autosave',
  phase: 'B',
  cause: 'slo_violation',
  severity: 'minor',
  details: { metrics: ['autosave_p95'], last_window: '2026-11-21T08:45:00.000Z' },
  actor: { id: 'system', name: 'Phasegate' },
  at: AT,
};

beforeAll(async () => {
  await testDatabase();
  await database().rollout.create({ data: { id: 'autosave', phase: 'B', phaseEnteredAt: AT } });
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  await emptyTables('incident', 'incident_step', 'incident_event', 'report_file', 'message', 'delivery');
  await database().verdict.deleteMany();
  await database().rollbackRequest.deleteMany();
  await putRollout({ where: { id: 'autosave' }, data: { phase: 'B', state: 'running' } });
});

const open = (change: Partial<NewIncident> = {}) =>
  inTransaction((tx) => openIncident(tx, { ...violated, ...change }));
/** What the steps before the closing ask for: an owner, who knows of the alert, and a draft of the RCA. */
async function handled(incidentId: string): Promise<void> {
  await database().incident.update({
    where: { id: incidentId },
    data: { ownerId: PERSON.id, ownerName: PERSON.name },
  });
  await database().reportFile.create({
    data: {
      path: `reports/rca/${incidentId}.md`,
      kind: 'rca',
      content: 'x',
      sha256: 'x',
      incidentId,
      createdAt: AT,
      updatedAt: AT,
    },
  });
}
const close = (incidentId: string, dryRun = false) =>
  closeIncident({ incidentId, reason: 'it recovered', actor: PERSON, dryRun, now: AT });
const actionsOf = async (id: string) =>
  (await readAuditChain()).filter(({ subject }) => subject === `incident:${id}`).map(({ action }) => action);

/** The window that ends so many windows after the incident was opened. */
async function windowAfter(
  index: number,
  sloMet: boolean | null,
  phase = 'B',
  rolloutId = 'autosave',
): Promise<void> {
  const end = new Date(Math.ceil(AT.getTime() / WINDOW_MS) * WINDOW_MS + (index - 1) * WINDOW_MS);
  await database().verdict.create({
    data: {
      rolloutId,
      phase,
      windowStart: new Date(end.getTime() - WINDOW_MS),
      windowEnd: end,
      revision: 1,
      verdict: sloMet === null ? 'insufficient_data' : sloMet ? 'pass' : 'violation',
      sloMet,
      breach: sloMet === false,
      rollbackRequired: false,
      notifyLevel: 'none',
      retryableFailures: 0n,
      policyHash: 'x',
      inputHash: 'x',
      metrics: [],
    },
  });
}

describe('an incident', () => {
  it('is opened once per rollout and cause, by many at once, and its severity only rises [INC-1]', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    const [first] = opened;
    expect(await open({ severity: 'major' })).toMatchObject({ id: first?.id, severity: 'major' });
    expect(await open({ severity: 'minor' })).toMatchObject({ id: first?.id, severity: 'major' });
    expect((await open({ cause: 'not_recovered' })).id).not.toBe(first?.id);
    expect(await actionsOf(first?.id ?? '')).toEqual(['incident.opened', 'incident.raised']);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('keeps what was known and adds what is new, writing nothing where nothing is new [INC-1]', async () => {
    const { id } = await open();
    const added = await open({ details: { last_window: '2026-11-21T09:00:00.000Z', request: 'r' } });
    expect(added.details).toEqual({
      metrics: ['autosave_p95'],
      last_window: '2026-11-21T09:00:00.000Z',
      request: 'r',
    });
    expect(await actionsOf(id)).toEqual(['incident.opened']);
  });

  it('can be closed once two windows after it met the SLO, by whoever asks first [INC-1]', async () => {
    const { id } = await open();
    await expect(close(id)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'not_recovered' });
    await windowAfter(1, false);
    await windowAfter(2, true);
    await expect(close(id)).rejects.toMatchObject({ reason: 'not_recovered' });
    await windowAfter(3, null);
    await windowAfter(4, true);
    await expect(close(id)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'steps_open' });
    await handled(id);
    expect((await close(id, true)).outcome).toBe('would_close');
    expect(await database().incidentStep.count()).toBe(0);
    const closed = await Promise.all(Array.from({ length: 5 }, () => close(id)));
    expect(closed.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'already_closed'),
      'closed',
    ]);
    expect(closed[0]?.incident).toMatchObject({
      state: 'closed',
      closedByName: 'On-call',
      closeReason: 'it recovered',
    });
    expect(await actionsOf(id)).toEqual([
      'incident.opened',
      ...Array.from({ length: 4 }, () => 'incident.step_done'),
      'incident.closed',
    ]);
  });

  it('counts only windows of the phase the rollout is in now, and after the incident [INC-1]', async () => {
    const { id } = await open();
    await windowAfter(0, true);
    await windowAfter(-1, true);
    await windowAfter(1, true);
    await windowAfter(2, true);
    await putRollout({ where: { id: 'autosave' }, data: { phase: 'A' } });
    await expect(close(id)).rejects.toMatchObject({ reason: 'not_recovered' });
    await windowAfter(3, true, 'A');
    await windowAfter(4, true, 'A');
    await handled(id);
    expect((await close(id)).outcome).toBe('closed');
  });

  it('is over in silence where nothing is on: a phase that serves only defaults sends nothing [INC-1]', async () => {
    const rolloutId = 'autosave-merge';
    await database().rollout.create({ data: { id: rolloutId, phase: 'A-0', phaseEnteredAt: AT } });
    const { id } = await open({ rolloutId, phase: 'A-1' });
    await handled(id);
    await windowAfter(1, null, 'A-0', rolloutId);
    await expect(close(id)).rejects.toMatchObject({ reason: 'not_recovered' });
    await windowAfter(2, null, 'A-0', rolloutId);
    expect((await close(id)).outcome).toBe('closed');
  });

  it('stays open while a rollback waits for its decision or its proof [ROL-3]', async () => {
    const { id } = await open();
    await windowAfter(1, true);
    await windowAfter(2, true);
    await putRollout({ where: { id: 'autosave' }, data: { state: 'rolling_back' } });
    await expect(close(id)).rejects.toMatchObject({ reason: 'step_unproven' });
    await putRollout({ where: { id: 'autosave' }, data: { state: 'watching' } });
    await database().rollbackRequest.create({
      data: {
        rolloutId: 'autosave',
        phase: 'B',
        rolloutVersion: 1,
        cause: 'verdict',
        mode: 'on_call',
        evidence: {},
        policyHash: 'x',
        openedAt: AT,
        lastSeenAt: AT,
      },
    });
    await expect(close(id)).rejects.toMatchObject({ reason: 'rollback_open' });
  });

  it('that comes again within a cycle after its closing is the same one, with its steps from the start [INC-1]', async () => {
    const { id, number } = await open();
    await windowAfter(1, true);
    await windowAfter(2, true);
    await handled(id);
    await close(id);
    const at = new Date(AT.getTime() + WINDOW_MS - 1);
    const again = await Promise.all(Array.from({ length: 6 }, () => open({ at })));
    expect(new Set(again.map((each) => each.id))).toEqual(new Set([id]));
    expect(again[0]).toMatchObject({ number, state: 'open', closedAt: null, closedByName: null });
    expect((await actionsOf(id)).slice(-2)).toEqual(['incident.closed', 'incident.reopened']);
    expect(await database().incidentEvent.count({ where: { kind: 'reopened' } })).toBe(1);
    expect(await database().message.count({ where: { kind: 'incident-reopened', incidentId: id } })).toBe(1);
    // What was met before it came again says nothing: one window that ends after that is met, two are needed.
    await expect(close(id)).rejects.toMatchObject({ reason: 'not_recovered' });
    await windowAfter(3, true);
    await windowAfter(4, true);
    const later = new Date(AT.getTime() + 4 * WINDOW_MS);
    const over = { incidentId: id, reason: 'over now', actor: PERSON, now: later };
    expect((await closeIncident(over)).outcome).toBe('closed');
    expect(await database().message.count({ where: { kind: 'incident-closed' } })).toBe(2);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('that comes again a cycle after its closing is another [INC-1]', async () => {
    const { id } = await open();
    await windowAfter(1, true);
    await windowAfter(2, true);
    await handled(id);
    await close(id);
    expect((await open({ at: new Date(AT.getTime() + WINDOW_MS) })).id).not.toBe(id);
  });

  it('that does not exist cannot be closed', async () => {
    await expect(close('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the list of incidents', () => {
  it('is read newest first, page by page, by rollout and state [INC-1]', async () => {
    const first = await open();
    const second = await open({ cause: 'not_recovered' });
    const other = await open({ rolloutId: 'autosave-merge' });
    const page = await listIncidents({ limit: 2 });
    expect(page.incidents.map(({ id }) => id)).toEqual([other.id, second.id]);
    expect(page.nextBefore).toBe(second.number);
    expect((await listIncidents({ limit: 2, before: second.number })).incidents.map(({ id }) => id)).toEqual([
      first.id,
    ]);
    expect((await listIncidents({ limit: 9, rollout: 'autosave-merge' })).incidents).toHaveLength(1);
    expect((await listIncidents({ limit: 9, state: 'closed' })).incidents).toEqual([]);
  });
});
