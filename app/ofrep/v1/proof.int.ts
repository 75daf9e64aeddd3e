import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import {
  closeFlagSource,
  ensureRollouts,
  findRollout,
  type HistoryStep,
  listPhaseChanges,
  proveChanges,
  provenSoon,
  rollBack,
} from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { serveFlagRoutes } from './served.fixture.ts';

const NOW = new Date('2026-11-24T03:00:00Z');
const NOWHERE = 'http://127.0.0.1:9';
let served: Awaited<ReturnType<typeof serveFlagRoutes>>;

const history = (...phases: string[]): HistoryStep[] =>
  phases.map((phase, i) => ({
    phase,
    kind: i === 0 ? 'start' : 'promotion',
    at: new Date(NOW.getTime() - (phases.length - i) * 86_400_000),
    reason: 'a test',
  }));
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

function listenAt(url: string): void {
  process.env.PHASEGATE_URL = url;
  forgetEnv();
}

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  served = await serveFlagRoutes();
});
beforeEach(async () => {
  await testDatabase();
  listenAt(served.url);
  await ensureRollouts(NOW, {
    'autosave-merge': history('A-0', 'A-1', 'A-2', 'B-0', 'B-1'),
    autosave: history('A', 'B', 'C'),
  });
});
afterEach(async () => {
  closeFlagSource();
  Reflect.deleteProperty(globalThis, 'phasegateFlagSource');
  await disconnectDatabase();
});
afterAll(() => served.close());

const command = {
  rolloutId: 'autosave',
  fromPhase: 'C',
  reason: 'saves are slow',
  trigger: 'button' as const,
  actor: { id: 'user:1', name: 'On-call' },
  now: NOW,
};
const newest = async () => (await listPhaseChanges('autosave', 1))[0];

describe('the proof of a rollback', () => {
  it('asks the public endpoint for people inside and outside the exposure, then the watch begins [ROL-4] [ROL-5]', async () => {
    await rollBack(command);
    expect(await findRollout('autosave')).toMatchObject({ state: 'rolling_back', watchUntil: null });
    const change = await newest();
    expect(await proveChanges(later(5))).toMatchObject({ proven: [change?.id], unproven: [], failures: [] });
    expect(await findRollout('autosave')).toMatchObject({
      state: 'watching',
      watchUntil: later(5 + 7200).toISOString(),
    });
    expect(await newest()).toMatchObject({ proof: 'proven', provenAt: later(5).toISOString() });
    const { proofDetails } = await database().phaseChange.findUniqueOrThrow({
      where: { id: change?.id ?? '' },
    });
    const asked = (proofDetails as { asked: { key: string; expected: unknown; got: unknown }[] }).asked;
    const values = (key: string) => new Set(asked.filter((each) => each.key === key).map(({ got }) => got));
    expect(values('autosave.enabled')).toEqual(new Set([true, false]));
    expect(values('autosave.lock')).toEqual(new Set(['readonly']));
    expect(await proveChanges(later(65))).toEqual({ proven: [], unproven: [], failures: [] });
  });

  it('fails where the flags that are served are not those of the step, until they are [ROL-4]', async () => {
    await rollBack(command);
    await database().flagState.updateMany({ where: { rolloutId: 'autosave' }, data: { exposureRatio: 1 } });
    expect((await proveChanges(later(5))).unproven).toHaveLength(1);
    expect(await findRollout('autosave')).toMatchObject({ state: 'rolling_back', escalatedAt: null });
    await database().flagState.updateMany({ where: { rolloutId: 'autosave' }, data: { exposureRatio: 0.3 } });
    await database().$executeRaw`SELECT pg_notify('phasegate_live', '{"topic": "rollout"}')::text`;
    await expect.poll(async () => (await proveChanges(later(70))).proven.length).toBe(1);
    expect(await findRollout('autosave')).toMatchObject({ state: 'watching' });
  });

  it('calls a person when the endpoint does not answer in time, and still proves it later [ROL-4]', async () => {
    await rollBack(command);
    listenAt(NOWHERE);
    await proveChanges(later(1));
    expect(await newest()).toMatchObject({ proof: 'pending' });
    await proveChanges(later(121));
    await proveChanges(later(181));
    expect(await newest()).toMatchObject({ proof: 'failed' });
    expect(await findRollout('autosave')).toMatchObject({
      state: 'rolling_back',
      escalatedAt: later(121).toISOString(),
    });
    expect(await database().incident.findMany()).toMatchObject([
      { cause: 'rollback_unproven', severity: 'major', rolloutId: 'autosave', state: 'open' },
    ]);
    listenAt(served.url);
    await proveChanges(later(241));
    expect(await newest()).toMatchObject({ proof: 'proven' });
    expect(await findRollout('autosave')).toMatchObject({ state: 'watching', escalatedAt: null });
  });

  it('of the first start after hours of downtime calls nobody at the first look [ROL-4]', async () => {
    await rollBack(command);
    listenAt(NOWHERE);
    await proveChanges(later(36_000));
    expect(await newest()).toMatchObject({ proof: 'pending' });
  });

  it('comes by itself right after the command, which does not wait for it [ROL-4]', async () => {
    const outcome = await provenSoon(rollBack)({ ...command, now: new Date() });
    expect(outcome).toMatchObject({ outcome: 'rolled_back', change: { proof: 'pending' } });
    await expect.poll(async () => (await newest())?.proof).toBe('proven');
  });

  it('is written once when four prove at the same time, and says nothing of a step it has not seen [ROL-7]', async () => {
    await rollBack(command);
    await Promise.all([1, 2, 3, 4].map((second) => proveChanges(later(second))));
    expect(await database().auditEntry.count({ where: { action: 'rollout.step_proven' } })).toBe(1);
    await rollBack({ ...command, fromPhase: 'B', now: later(10) });
    expect(await findRollout('autosave')).toMatchObject({ phase: 'A', state: 'rolling_back' });
    expect(await newest()).toMatchObject({ proof: 'pending', toPhase: 'A' });
    await proveChanges(later(11));
    expect(await findRollout('autosave')).toMatchObject({ phase: 'A', state: 'watching' });
  });

  it('is kept for good: neither it nor the step can be changed afterwards', async () => {
    await rollBack(command);
    await proveChanges(later(1));
    const { id } = (await newest()) ?? { id: '' };
    const changes = ["proof = 'pending', proven_at = NULL", "reason = 'another'", 'proof_attempts = 9'];
    for (const change of changes)
      await expect(
        inTransaction((tx) => tx.$executeRawUnsafe(`UPDATE phase_change SET ${change} WHERE id = '${id}'`)),
      ).rejects.toThrow('append-only');
  });
});
