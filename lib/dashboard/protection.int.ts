import { afterAll, beforeEach, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { declineRollback, demandRollback, rollBack } from '#lib/rollouts/server.ts';
import { climbed, demandInput, later, NOW, ON_CALL, storeVerdict } from '#scripts/test/climbed-rollout.ts';
import { putRollout } from '#scripts/test/database.ts';
import { AttentionSchema, ProtectionSchema, SafetyRecordSchema } from './index.ts';
import { readAttention, readProtection, readRolloutView, readSafetyRecord } from './server.ts';

const person = (id: string, ...roles: string[]): Actor => ({ kind: 'user', id, name: id, roles, scopes: [] });
const ONCALL = person('p1', 'on_call');
const SRE = person('p2', 'sre');

beforeEach(climbed);
afterAll(disconnectDatabase);

async function require(): Promise<void> {
  await storeVerdict({ required: true });
  const input = await demandInput();
  await inTransaction((tx) => demandRollback(tx, input));
}

async function protection(reader: Actor, now = later(30)) {
  return ProtectionSchema.parse(await readProtection('autosave', reader, now));
}

it('shows a required rollback with its deadline, and who may decide it [ROL-3]', async () => {
  await require();
  expect(await protection(ONCALL)).toMatchObject({
    required: {
      mode: 'on_call',
      cause: 'verdict',
      fromPhase: 'C',
      toPhase: 'B',
      dueAt: later(900).toISOString(),
    },
    rights: { decide: { allowed: true } },
  });
  expect((await protection(person('p3', 'viewer'))).rights.decide.allowed).toBe(false);
  const attention = AttentionSchema.parse(await readAttention(ONCALL, later(30)));
  expect(attention.tasks).toMatchObject([{ kind: 'required_rollback', rolloutId: 'autosave' }]);
});

it('shows a "not now" for as long as it holds, and none of an earlier version [ROL-3]', async () => {
  await require();
  await declineRollback({
    rolloutId: 'autosave',
    reason: 'the cause is known',
    trigger: 'button',
    actor: ON_CALL,
    now: later(60),
  });
  expect(await protection(ONCALL)).toMatchObject({
    required: null,
    declined: { reason: 'the cause is known', byName: ON_CALL.name },
  });
  await rollBack({
    rolloutId: 'autosave',
    fromPhase: 'C',
    reason: 'after all',
    trigger: 'button',
    actor: ON_CALL,
    now: later(120),
  });
  expect(await protection(ONCALL)).toMatchObject({
    declined: null,
    place: 'rolling_back',
    step: {
      kind: 'rollback',
      toPhase: 'B',
      proof: 'pending',
      breakGlass: true,
      escalateAt: later(240).toISOString(),
    },
  });
});

it('shows the watch with its readings, the newest first [ROL-5]', async () => {
  await rollBack({
    rolloutId: 'autosave',
    fromPhase: 'C',
    reason: 'reports',
    trigger: 'button',
    actor: ON_CALL,
    now: later(60),
  });
  const { version } = await protection(ONCALL);
  await putRollout({
    where: { id: 'autosave' },
    data: { state: 'watching', stateEnteredAt: later(70), watchUntil: later(7270) },
  });
  await database().watchReading.createMany({
    data: [0, 300].map((seconds, i) => ({
      rolloutId: 'autosave',
      rolloutVersion: version,
      at: later(100 + seconds),
      verdict: i === 0 ? 'violation' : 'pass',
      sloMet: i === 1,
      body: {},
    })),
  });
  expect((await protection(ONCALL, later(600))).watch).toMatchObject({
    until: later(7270).toISOString(),
    readingCount: 2,
    metCount: 1,
    readings: [{ verdict: 'pass' }, { verdict: 'violation' }],
  });
});

it('shows what a break-glass rollback owes, and why whoever did it may not sign [ROL-1]', async () => {
  await rollBack({
    rolloutId: 'autosave',
    fromPhase: 'C',
    reason: 'reports',
    trigger: 'button',
    actor: ON_CALL,
    now: later(60),
  });
  const seenBy = async (reader: Actor) => SafetyRecordSchema.parse(await readSafetyRecord(reader, later(90)));
  expect((await seenBy(person(ON_CALL.id, 'on_call', 'sre'))).reviews).toMatchObject([
    { kind: 'rollback', step: { fromPhase: 'C', toPhase: 'B' }, reason: 'reports', blockedBy: 'own_act' },
  ]);
  expect((await seenBy(SRE)).reviews).toMatchObject([{ blockedBy: null }]);
  expect((await readAttention(SRE, later(90))).tasks.map(({ kind }) => kind)).toContain('review');
});

it('says of a step that was made by itself why, as a code, and of a person’s their own words [DASH-6, ROL-3]', async () => {
  const change = await rollBack({
    rolloutId: 'autosave',
    fromPhase: 'C',
    reason: 'slo_unmet: save_error_rate',
    trigger: 'deadline',
    actor: { id: 'system', name: 'Phasegate' },
    now: later(60),
  });
  if (change.outcome === 'would_roll_back') throw new Error('that was no dry run');
  await database().rollbackRequest.create({
    data: {
      rolloutId: 'autosave',
      phase: 'C',
      rolloutVersion: 1,
      toPhase: 'B',
      cause: 'slo_unmet',
      mode: 'on_call',
      state: 'executed',
      evidence: { metrics: ['save_error_rate', 'of_another_policy'] },
      policyHash: 'p',
      openedAt: NOW,
      lastSeenAt: NOW,
      changeId: change.change.id,
    },
  });
  const because = async () => (await readRolloutView('autosave', ONCALL, later(90)))?.changes[0]?.because;
  expect(await because()).toEqual({
    code: 'slo_unmet',
    metrics: [
      { ja: '保存失敗率', en: expect.any(String) },
      { ja: 'of_another_policy', en: 'of_another_policy' },
    ],
    overdue: true,
  });
  await rollBack({
    rolloutId: 'autosave',
    fromPhase: 'B',
    reason: 'in my own words',
    trigger: 'button',
    actor: ON_CALL,
    now: later(120),
  });
  expect(await because()).toBeNull();
});

it('knows no rollout that does not exist', async () => {
  expect(await readProtection('nothing', ONCALL, NOW)).toBeNull();
});
