import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { emptyTables, putRollout, testDatabase } from '#scripts/test/database.ts';
import { ensureRollouts, guardAutomation, listStops, orderStop, releaseStop, rollBack } from '../server.ts';
import { measure } from './guard-facts.store.ts';
import { killInForce } from './kill-guard.store.ts';
import { personWith } from './people.fixture.ts';

const NOW = new Date();
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const HISTORY = {
  autosave: (['A', 'B', 'C'] as const).map((phase, i) => ({
    phase,
    kind: i === 0 ? ('start' as const) : ('promotion' as const),
    at: later(-3 + i),
    reason: 'test history',
  })),
};
let sre: Actor;
let admin: Actor;
let folder = '';

beforeAll(async () => {
  await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'phasegate-guard-'));
  vi.stubEnv('PHASEGATE_DATA_DIR', folder);
  forgetEnv();
  [sre, admin] = await Promise.all([personWith('Sre', 'sre'), personWith('Admin', 'admin')]);
});
afterAll(async () => {
  await disconnectDatabase();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await database().stopRelease.deleteMany();
  await database().stopOrder.deleteMany();
  await database().jobRun.deleteMany();
  await emptyTables('phase_change', 'flag_state', 'rollout', 'review');
  await ensureRollouts(NOW, HISTORY);
});

const stepBack = (fromPhase: string, minutes: number) =>
  rollBack({
    rolloutId: 'autosave',
    fromPhase,
    reason: 'saves are slow',
    trigger: 'button',
    actor: sre,
    now: later(minutes),
  });
const pressed = (rolloutId: string) => inTransaction((tx) => killInForce(tx, rolloutId));
const nothing = { pressed: [], halted: [], ended: [], appended: 0 };

async function runs(functionId: string, count: number, facts: { attempt?: number; fence?: number } = {}) {
  await database().jobRun.createMany({
    data: Array.from({ length: count }, (_, n) => ({
      functionId,
      eventId: `${functionId}:${n}`,
      event: {},
      state: 'queued',
      createdAt: later(-1),
      ...facts,
    })),
  });
}

it('leaves ordinary work alone: a past that was set up, two steps back, a busy day of jobs [OPS-7]', async () => {
  await stepBack('C', 0);
  await stepBack('B', 0);
  await runs('phasegate-analyze-window', 200, { attempt: 1, fence: 12 });
  expect(await guardAutomation(later(1))).toEqual(nothing);
});

it('presses for the rollout that flaps, once, and begins anew after two people armed it again [OPS-7]', async () => {
  await stepBack('C', 0);
  await stepBack('B', 0);
  await putRollout({
    where: { id: 'autosave' },
    data: { phase: 'C', version: { increment: 1 } },
  });
  await stepBack('C', 0);
  expect(await guardAutomation(later(1))).toEqual({
    ...nothing,
    pressed: [{ rule: 'flapping', scope: 'autosave' }],
  });
  expect(await guardAutomation(later(2))).toEqual(nothing);
  const [stop] = (await listStops(later(2))).inForce;
  expect(stop).toMatchObject({
    scope: 'autosave',
    trigger: 'automatic',
    personName: 'Phasegate',
    rule: { id: 'flapping', label: { en: 'Flapping' } },
    cause: { code: 'phase_changes', values: { rollout: 'autosave', count: 3, limit: 3 } },
  });
  expect(await pressed('autosave-merge')).toBeNull();
  // What Phasegate did itself owes nobody a review; those of the steps back stay.
  expect(await database().review.count({ where: { kind: 'kill' } })).toBe(0);
  if (!stop) throw new Error('no stop');
  for (const actor of [sre, admin])
    await releaseStop({ stopId: stop.id, reason: 'understood', actor, trigger: 'button', now: later(3) });
  expect(await guardAutomation(later(4))).toEqual(nothing);
  expect(await pressed('autosave')).toBeNull();
});

it.each([
  ['loop', () => runs('phasegate-x', 3000)],
  ['loop-in-run', () => runs('phasegate-x', 1, { fence: 500 })],
  ['runaway-retries', () => runs('phasegate-x', 100, { attempt: 5 })],
])('presses for everything when the jobs say %s [OPS-7]', async (rule, happen) => {
  await happen();
  expect(await guardAutomation(later(0.5))).toMatchObject({ pressed: [{ rule, scope: '*' }] });
  expect(await pressed('autosave')).toMatchObject({
    scope: '*',
    reason: expect.stringContaining('phasegate-x'),
  });
});

it('measures this process and the database for real [OPS-7]', async () => {
  const facts = await measure([], NOW);
  expect(facts.memoryMegabytes).toBeGreaterThan(20);
  expect(facts.memoryMegabytes).toBeLessThan(8192);
  expect(facts.connectionShare).toBeGreaterThan(0);
  expect(facts.connectionShare).toBeLessThan(1);
  expect(facts.databaseGigabytes).toBeLessThan(1);
});

it('makes an order of the halt from outside that lasts when the file is gone [OPS-7]', async () => {
  await writeFile(join(folder, 'HALT'), 'disk is failing');
  expect(await guardAutomation(later(1))).toMatchObject({ pressed: [{ rule: 'outside', scope: '*' }] });
  expect(await guardAutomation(later(2))).toEqual(nothing);
  await rm(join(folder, 'HALT'));
  expect(await pressed('autosave')).toMatchObject({ scope: '*', reason: 'disk is failing' });
});

it('ends what is over and halts what was added since, and says so once', async () => {
  await orderStop({
    kind: 'freeze',
    scope: '*',
    reason: 'release week',
    endsAt: later(10).toISOString(),
    actor: sre,
    trigger: 'button',
    now: NOW,
    dryRun: false,
  });
  expect(await guardAutomation(later(9))).toEqual(nothing);
  expect((await guardAutomation(later(10))).ended).toHaveLength(1);
  expect(await guardAutomation(later(11))).toEqual(nothing);
  await orderStop({
    kind: 'kill',
    scope: '*',
    reason: 'stop',
    confirm: 'STOP',
    actor: sre,
    trigger: 'button',
    now: NOW,
    dryRun: false,
  });
  await putRollout({
    where: { id: 'autosave' },
    data: { state: 'running', resumeState: null },
  });
  expect(await guardAutomation(later(12))).toEqual({ ...nothing, halted: ['autosave'] });
});
