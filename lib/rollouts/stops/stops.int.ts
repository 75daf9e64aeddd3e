import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { appendPendingAudit, verifyAuditChain } from '#lib/evidence/server.ts';
import { type Actor, cliActor, SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { emptyTables, putRollout, testDatabase } from '#scripts/test/database.ts';
import { ensureRollouts, findRollout, listStops, orderStop, releaseStop, rollBack } from '../server.ts';
import { killInForce } from './kill-guard.store.ts';
import { personWith } from './people.fixture.ts';

const NOW = new Date('2026-11-21T09:00:00.000Z');
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const HISTORY = {
  autosave: (['A', 'B', 'C'] as const).map((phase, i) => ({
    phase,
    kind: i === 0 ? ('start' as const) : ('promotion' as const),
    at: later(-(3 - i) * 1440),
    reason: 'test history',
  })),
};
const common = { scope: '*', trigger: 'button' as const, now: NOW, dryRun: false };
const kill = { ...common, kind: 'kill' as const, reason: 'flags do not match', confirm: 'STOP' };
const freeze = { ...common, kind: 'freeze' as const, reason: 'release week' };

let url = '';
let onCall: Actor;
let sre: Actor;
let devLead: Actor;
let viewer: Actor;

beforeAll(async () => {
  ({ url } = await testDatabase());
  [onCall, sre, devLead, viewer] = await Promise.all([
    personWith('On call', 'on_call'),
    personWith('Sre', 'sre'),
    personWith('Dev lead', 'dev_lead'),
    personWith('Viewer', 'viewer'),
  ]);
});
afterAll(disconnectDatabase);

beforeEach(async () => {
  await database().stopRelease.deleteMany();
  await database().stopOrder.deleteMany();
  await emptyTables('phase_change', 'flag_state', 'rollout', 'review');
  await ensureRollouts(NOW, HISTORY);
});

const states = async () =>
  Object.fromEntries(
    (await database().rollout.findMany()).map(({ id, state, resumeState }) => [id, [state, resumeState]]),
  );
const pressed = (rolloutId: string) => inTransaction((tx) => killInForce(tx, rolloutId));
const rearm = (stopId: string, actor: Actor, dryRun = false) =>
  releaseStop({ stopId, reason: 'cause found and mended', actor, trigger: 'button', now: later(5), dryRun });
const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'was not refused',
    (error: unknown) => Reflect.get(Object(error), 'reason'),
  );
const lastAudit = () => database().auditEntry.findFirst({ orderBy: { seq: 'desc' } });

describe('the kill switch', () => {
  it('halts every rollout, says who, why and when, and owes a review [OPS-7]', async () => {
    const outcome = await orderStop({ ...kill, actor: onCall });
    expect(outcome).toMatchObject({
      outcome: 'ordered',
      halted: ['autosave', 'autosave-merge'],
      stop: { kind: 'kill', scope: '*', personName: 'On call', reason: 'flags do not match', inForce: true },
    });
    expect(await states()).toEqual({
      autosave: ['halted', 'running'],
      'autosave-merge': ['halted', 'running'],
    });
    expect(await pressed('autosave')).toMatchObject({ scope: '*', reason: 'flags do not match' });
    expect(await database().review.findMany()).toMatchObject([
      { kind: 'kill', rolloutId: null, openedByName: 'On call', needed: 2 },
    ]);
    expect((await database().auditEntry.findMany()).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['stop.ordered', 'review.opened']),
    );
    expect(await verifyAuditChain()).toBeNull();
  });

  it('covers one rollout when that is its scope [OPS-7]', async () => {
    await orderStop({ ...kill, scope: 'autosave', actor: onCall });
    expect(await states()).toEqual({ autosave: ['halted', 'running'], 'autosave-merge': ['running', null] });
    expect(await pressed('autosave')).not.toBeNull();
    expect(await pressed('autosave-merge')).toBeNull();
    expect(await reasonOf(orderStop({ ...kill, scope: 'nothing', actor: onCall }))).toBe('rollout_unknown');
    expect(await reasonOf(orderStop({ ...kill, scope: '__proto__', actor: onCall }))).toBe('rollout_unknown');
  });

  it('is pressed with the typed word only, full-width letters included; a dry run changes nothing [OPS-7]', async () => {
    for (const confirm of ['', 'stop', 'STOP!', 'HALT'])
      expect(await reasonOf(orderStop({ ...kill, confirm, actor: onCall }))).toBe('not_confirmed');
    expect(await orderStop({ ...kill, confirm: '', dryRun: true, actor: onCall })).toEqual({
      outcome: 'would_order',
      kind: 'kill',
      scope: '*',
      halted: ['autosave', 'autosave-merge'],
    });
    expect(await database().stopOrder.count()).toBe(0);
    expect(await orderStop({ ...kill, confirm: ' ＳＴＯＰ　', actor: onCall })).toMatchObject({
      outcome: 'ordered',
    });
  });

  it('is for those whom the policy names, by the roles they hold now [OPS-7]', async () => {
    expect(await reasonOf(orderStop({ ...kill, actor: viewer }))).toBe('permission_missing');
    expect(await reasonOf(orderStop({ ...kill, actor: { ...viewer, roles: ['admin'] } }))).toBe(
      'permission_missing',
    );
    const key: Actor = { kind: 'api_key', id: 'k', name: 'k', roles: ['admin'], scopes: [] };
    expect(await reasonOf(orderStop({ ...kill, actor: key }))).toBe('permission_missing');
    expect(await orderStop({ ...kill, trigger: 'cli', actor: cliActor('root') })).toMatchObject({
      outcome: 'ordered',
    });
  });

  it('is joined by whoever presses it again, at the same time or later [OPS-7]', async () => {
    const outcomes = await Promise.all([onCall, sre, devLead].map((actor) => orderStop({ ...kill, actor })));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['joined', 'joined', 'ordered']);
    expect(await database().stopOrder.count()).toBe(1);
    expect(await database().review.count()).toBe(1);
  });

  it.each([
    'preparing',
    'running',
    'awaiting_approval',
    'promoting',
    'rolling_back',
    'watching',
    'awaiting_canary',
    'completed',
  ])('works in state %s, and the rollout goes on there afterwards [OPS-7]', async (state) => {
    await putRollout({ where: { id: 'autosave' }, data: { state } });
    const { stop } = (await orderStop({ ...kill, actor: onCall })) as { stop: { id: string } };
    expect((await states()).autosave).toEqual(['halted', state]);
    await rearm(stop.id, sre);
    expect(await rearm(stop.id, devLead)).toMatchObject({ outcome: 'released' });
    expect((await states()).autosave).toEqual([state, null]);
  });

  it('covers rollouts that are added while it is pressed [OPS-7]', async () => {
    await emptyTables('phase_change', 'flag_state', 'rollout');
    await orderStop({ ...kill, actor: onCall });
    await ensureRollouts(later(1));
    expect(await states()).toMatchObject({
      autosave: ['halted', expect.any(String)],
      'autosave-merge': ['halted', expect.any(String)],
    });
  });

  it('lets people step back while it is pressed [ROL-1] [OPS-7]', async () => {
    await orderStop({ ...kill, actor: onCall });
    await rollBack({
      rolloutId: 'autosave',
      fromPhase: 'C',
      reason: 'saves are slow',
      trigger: 'button',
      actor: onCall,
      now: later(1),
    });
    expect(await findRollout('autosave')).toMatchObject({
      phase: 'B',
      state: 'halted',
      resumeState: 'rolling_back',
    });
  });
});

describe('arming again', () => {
  const press = async () => {
    const outcome = await orderStop({ ...kill, actor: onCall });
    if (outcome.outcome === 'would_order') throw new Error('not a dry run');
    return outcome.stop.id;
  };

  it('takes two different people with the permission; one of them may have pressed [OPS-7]', async () => {
    const outcome = await orderStop({ ...kill, actor: sre });
    if (outcome.outcome === 'would_order') throw new Error('not a dry run');
    const { id } = outcome.stop;
    expect(await rearm(id, sre, true)).toMatchObject({ outcome: 'would_count', missing: 1 });
    expect(await rearm(id, sre)).toMatchObject({ outcome: 'counted', missing: 1 });
    expect(await rearm(id, sre)).toMatchObject({ outcome: 'already_counted', missing: 1 });
    expect(await pressed('autosave')).not.toBeNull();
    expect(await rearm(id, devLead, true)).toMatchObject({
      outcome: 'would_release',
      resumed: ['autosave', 'autosave-merge'],
    });
    expect(await pressed('autosave')).not.toBeNull();
    expect(await rearm(id, devLead)).toMatchObject({
      outcome: 'released',
      missing: 0,
      resumed: ['autosave', 'autosave-merge'],
      stop: {
        inForce: false,
        endedBy: devLead.id,
        releases: [{ personName: 'Sre' }, { personName: 'Dev lead' }],
      },
    });
    expect(await pressed('autosave')).toBeNull();
    expect(await rearm(id, devLead)).toMatchObject({ outcome: 'already_released' });
    expect(await lastAudit()).toMatchObject({ action: 'stop.released', actorName: 'Dev lead' });
  });

  it('is for people with the permission, not for commands, keys or Phasegate itself [OPS-7]', async () => {
    const id = await press();
    expect(await reasonOf(rearm(id, onCall))).toBe('permission_missing');
    expect(await reasonOf(rearm(id, cliActor('root')))).toBe('person_needed');
    expect(await reasonOf(rearm(id, SYSTEM_ACTOR))).toBe('person_needed');
    expect(await database().stopRelease.count()).toBe(0);
  });

  it('does not count the word of somebody who may no longer say it [OPS-7]', async () => {
    const id = await press();
    const guest = await personWith(`Guest ${id.slice(-6)}`, 'sre');
    await rearm(id, guest);
    await database().userRole.deleteMany({ where: { userId: guest.id } });
    expect(await rearm(id, devLead)).toMatchObject({ outcome: 'counted', missing: 1 });
    expect(await rearm(id, sre)).toMatchObject({ outcome: 'released' });
  });

  it('leaves a rollout halted that another kill switch covers [OPS-7]', async () => {
    const everything = await press();
    await orderStop({ ...kill, scope: 'autosave', actor: onCall });
    await rearm(everything, sre);
    expect(await rearm(everything, devLead)).toMatchObject({ resumed: ['autosave-merge'] });
    expect(await states()).toEqual({ autosave: ['halted', 'running'], 'autosave-merge': ['running', null] });
  });

  it('ends once when both say so at the same instant [OPS-7]', async () => {
    const id = await press();
    const outcomes = await Promise.all([rearm(id, sre), rearm(id, devLead)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['counted', 'released']);
    expect(await states()).toEqual({ autosave: ['running', null], 'autosave-merge': ['running', null] });
  });
});

describe('a freeze', () => {
  it('ends by one person or by itself; of two ends the later one holds [PHA-3]', async () => {
    const short = await orderStop({ ...freeze, endsAt: later(10).toISOString(), actor: onCall });
    expect(short).toMatchObject({ outcome: 'ordered', halted: [] });
    await orderStop({ ...freeze, endsAt: later(30).toISOString(), actor: sre });
    await orderStop({ ...freeze, endsAt: later(20).toISOString(), actor: sre });
    expect((await listStops(later(29))).inForce).toMatchObject([
      { kind: 'freeze', endsAt: later(30).toISOString() },
    ]);
    expect((await listStops(later(30))).inForce).toEqual([]);
    const again = await orderStop({ ...freeze, now: later(31), actor: onCall });
    expect(again).toMatchObject({ outcome: 'ordered', stop: { endsAt: null } });
    if (again.outcome === 'would_order') throw new Error('not a dry run');
    expect(await reasonOf(rearm(again.stop.id, viewer))).toBe('permission_missing');
    expect(await rearm(again.stop.id, onCall)).toMatchObject({ outcome: 'released', resumed: [] });
    expect((await listStops(later(40))).history).toHaveLength(2);
    expect(await states()).toEqual({ autosave: ['running', null], 'autosave-merge': ['running', null] });
  });

  it('refuses an end in the past', async () => {
    expect(await reasonOf(orderStop({ ...freeze, endsAt: NOW.toISOString(), actor: onCall }))).toBe(
      'ends_in_the_past',
    );
  });
});

describe('when the audit trail cannot be written', () => {
  const break_ =
    'CREATE TRIGGER broken BEFORE INSERT ON audit_entry EXECUTE FUNCTION phasegate_refuse_change()';

  it('presses and steps back all the same and appends the rows once, in order, when it can [OPS-7] [ROL-4]', async () => {
    const before = await database().auditEntry.count();
    await database().$executeRawUnsafe(break_);
    try {
      expect(await orderStop({ ...kill, actor: onCall })).toMatchObject({ outcome: 'ordered' });
      await rollBack({
        rolloutId: 'autosave',
        fromPhase: 'C',
        reason: 'saves are slow',
        trigger: 'button',
        actor: onCall,
        now: later(1),
      });
      expect(await pressed('autosave')).not.toBeNull();
      expect(await database().auditEntry.count()).toBe(before);
      await expect(appendPendingAudit()).rejects.toThrow();
    } finally {
      await database().$executeRawUnsafe('DROP TRIGGER broken ON audit_entry');
    }
    expect(await database().review.count()).toBe(2);
    await Promise.all([appendPendingAudit(), appendPendingAudit()]);
    const rows = await database().auditEntry.findMany({ orderBy: { seq: 'asc' }, skip: before });
    expect(rows.map(({ action }) => action)).toEqual([
      'stop.ordered',
      'review.opened',
      'rollout.rolled_back',
      'review.opened',
    ]);
    expect(rows[0]?.at).toEqual(NOW);
    expect(rows[0]?.details).toMatchObject({
      kind: 'kill',
      queued: { problem: expect.stringContaining('append-only') },
    });
    expect(await verifyAuditChain()).toBeNull();
  });

  it('does not wait for somebody who holds the trail', async () => {
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(7417022)');
    expect(await orderStop({ ...kill, actor: onCall })).toMatchObject({ outcome: 'ordered' });
    expect(await database().auditPending.count()).toBeGreaterThan(0);
    await holder.query('ROLLBACK');
    await holder.end();
    await appendPendingAudit();
    expect(await database().auditPending.count()).toBe(0);
  });
});

describe('the halt from outside', () => {
  let folder = '';
  const restart = (halt = '') => {
    vi.stubEnv('PHASEGATE_DATA_DIR', folder);
    vi.stubEnv('PHASEGATE_HALT', halt);
    forgetEnv();
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phasegate-halt-'));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    vi.stubEnv('DATABASE_URL', url);
    forgetEnv();
    await rm(folder, { recursive: true, force: true });
  });

  it('stops everything automatic by a variable or a file, without the database saying so [OPS-7]', async () => {
    restart();
    expect(await pressed('autosave')).toBeNull();
    await writeFile(join(folder, 'HALT'), 'disk is failing\n');
    expect(await pressed('autosave')).toMatchObject({ id: 'outside', reason: 'disk is failing' });
    expect((await listStops(NOW)).outside).toEqual({ source: 'file', reason: 'disk is failing' });
    await rm(join(folder, 'HALT'));
    expect(await pressed('autosave')).toBeNull();
    restart('1');
    expect(await pressed('autosave')).toMatchObject({ id: 'outside' });
    restart();
  });

  it('can only stop: nobody arms Phasegate again while it stands [OPS-7]', async () => {
    restart();
    const outcome = await orderStop({ ...kill, actor: onCall });
    if (outcome.outcome === 'would_order') throw new Error('not a dry run');
    await writeFile(join(folder, 'HALT'), '');
    await expect(rearm(outcome.stop.id, sre)).rejects.toMatchObject({ reason: 'halted_outside' });
    await rm(join(folder, 'HALT'));
    expect(await rearm(outcome.stop.id, sre)).toMatchObject({ outcome: 'counted' });
  });
});
