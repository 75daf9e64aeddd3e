import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import {
  AUTOMATIC,
  climbed,
  confirm,
  demandInput,
  later,
  NOW,
  ON_CALL,
  storeVerdict,
  WINDOW,
} from '#scripts/test/climbed-rollout.ts';
import {
  declineRollback,
  demandRollback,
  enforceDeadlines,
  findRollout,
  listPhaseChanges,
  listRequiredRollbacks,
  openRequiredRollback,
  rollBack,
  withdrawTakenBack,
} from '../server.ts';

beforeEach(climbed);
afterAll(disconnectDatabase);

const demand = async (...args: Parameters<typeof demandInput>) => {
  const input = await demandInput(...args);
  return inTransaction((tx) => demandRollback(tx, input));
};
const rollbacks = async () =>
  (await listPhaseChanges('autosave')).filter((change) => change.kind === 'rollback');
const open = () => openRequiredRollback('autosave');
const audited = async (action: string) => database().auditEntry.count({ where: { action } });

async function pressKillSwitch(): Promise<string> {
  const { id } = await database().stopOrder.create({
    data: {
      kind: 'kill',
      scope: '*',
      reason: 'test',
      trigger: 'button',
      personId: 'p',
      personName: 'P',
      orderedAt: NOW,
    },
  });
  return id;
}

describe('a required rollback that on-call decides', () => {
  it('waits for a person for 15 minutes, with the verdict that requires it [ROL-3]', async () => {
    const verdictId = await storeVerdict({ required: true });
    expect(await demand()).toMatchObject({ outcome: 'opened' });
    expect(await open()).toMatchObject({
      mode: 'on_call',
      toPhase: 'B',
      dueAt: later(900).toISOString(),
      verdictId,
      evidence: { metrics: ['autosave_p95'] },
    });
    expect(await demand({}, later(0), later(60))).toMatchObject({ outcome: 'joined' });
    expect(await listRequiredRollbacks('autosave')).toHaveLength(1);
    expect(await audited('rollback.requested')).toBe(1);
    expect(await findRollout('autosave')).toMatchObject({ phase: 'C', state: 'running' });
  });

  it('is confirmed by an ordinary rollback, which breaks no glass and names the verdict [ROL-3]', async () => {
    const verdictId = await storeVerdict({ required: true });
    await demand();
    const outcome = await rollBack(confirm);
    expect(outcome).toMatchObject({ outcome: 'rolled_back', change: { breakGlass: false } });
    const [change] = await rollbacks();
    expect(await database().phaseChange.findUnique({ where: { id: change?.id ?? '' } })).toMatchObject({
      verdictId,
      proof: 'pending',
    });
    expect((await listRequiredRollbacks('autosave'))[0]).toMatchObject({
      state: 'executed',
      decidedByName: 'On-call',
      changeId: change?.id,
    });
    expect(await database().review.count()).toBe(0);
    expect(await enforceDeadlines(later(3600))).toMatchObject({ executed: [], waiting: [] });
    expect(await verifyAuditChain()).toBeNull();
  });

  it('executes by itself at its deadline, and not before [ROL-3]', async () => {
    await storeVerdict({ required: true });
    await demand();
    expect(await enforceDeadlines(later(899))).toMatchObject({
      executed: [],
      waiting: [{ dueAt: later(900).toISOString() }],
    });
    expect((await enforceDeadlines(later(900))).executed).toHaveLength(1);
    expect(await rollbacks()).toMatchObject([
      { trigger: 'deadline', actorName: 'Phasegate', breakGlass: false, toPhase: 'B' },
    ]);
    expect(await findRollout('autosave')).toMatchObject({ state: 'rolling_back' });
  });

  it('executes at once after a night of downtime [ROL-3]', async () => {
    await storeVerdict({ required: true });
    await demand();
    expect((await enforceDeadlines(later(40_000))).executed).toHaveLength(1);
  });

  it('keeps its deadline when the clock is set back an hour, and meets it when it is set forward [ROL-3]', async () => {
    await storeVerdict({ required: true });
    await demand();
    await enforceDeadlines(later(60));
    await enforceDeadlines(later(60 - 3600));
    expect((await open())?.dueAt).toBe(later(900 - 3600).toISOString());
    expect((await enforceDeadlines(later(899 - 3600))).executed).toHaveLength(0);
    expect((await enforceDeadlines(later(900 - 3600))).executed).toHaveLength(1);
    await climbed();
    await storeVerdict({ required: true });
    await demand();
    expect((await enforceDeadlines(later(3600))).executed).toHaveLength(1);
  });

  it('is put off by "not now", and the next window that violates asks again [ROL-3]', async () => {
    await storeVerdict({ required: true });
    await demand();
    const decline = {
      rolloutId: 'autosave',
      reason: 'a false alarm',
      trigger: 'button' as const,
      actor: ON_CALL,
      now: later(60),
    };
    expect(await declineRollback({ ...decline, dryRun: true })).toMatchObject({ outcome: 'would_decline' });
    expect(await declineRollback(decline)).toMatchObject({ outcome: 'declined' });
    expect(await declineRollback(decline)).toMatchObject({ outcome: 'already_done' });
    await expect(declineRollback({ ...decline, actor: { id: 'x', name: 'X' } })).rejects.toMatchObject({
      reason: 'nothing_to_decide',
    });
    expect(await demand({}, WINDOW, later(120))).toEqual({ outcome: 'answered' });
    expect((await enforceDeadlines(later(3600))).executed).toHaveLength(0);
    await storeVerdict({ required: true, windowStart: NOW });
    expect(await demand({}, NOW, later(960))).toMatchObject({ outcome: 'opened' });
    expect(await open()).toMatchObject({ dueAt: later(960 + 900).toISOString() });
  });

  it('is withdrawn when its verdict was revised, also at the last moment [COL-6] [ROL-3]', async () => {
    await storeVerdict({ required: true });
    await demand();
    expect(await inTransaction((tx) => withdrawTakenBack(tx, 'autosave', later(60)))).toBeNull();
    await storeVerdict({ required: false, windowStart: NOW });
    expect(await inTransaction((tx) => withdrawTakenBack(tx, 'autosave', later(60)))).toBeNull();
    await storeVerdict({ required: false, revision: 2 });
    expect((await enforceDeadlines(later(900))).executed).toHaveLength(0);
    expect((await listRequiredRollbacks('autosave'))[0]).toMatchObject({ state: 'withdrawn' });
    expect(await rollbacks()).toHaveLength(0);
  });

  it('waits behind a pressed kill switch and executes when it is armed again [ROL-3] [OPS-7]', async () => {
    await storeVerdict({ required: true });
    await demand();
    const stop = await pressKillSwitch();
    expect(await enforceDeadlines(later(1200))).toMatchObject({
      executed: [],
      waiting: [{ dueAt: later(900).toISOString() }],
    });
    await database().stopOrder.update({ where: { id: stop }, data: { endedAt: later(1300) } });
    expect((await enforceDeadlines(later(1320))).executed).toHaveLength(1);
  });
});

describe('a required rollback', () => {
  it('executes in the transaction of its demand where the phase is automatic [ROL-3]', async () => {
    await storeVerdict({ required: true });
    expect(await demand(AUTOMATIC)).toMatchObject({
      outcome: 'executed',
      change: { trigger: 'automatic', toPhase: 'B', breakGlass: false },
    });
    expect(await findRollout('autosave')).toMatchObject({ phase: 'B', state: 'rolling_back', version: 4 });
    expect((await listRequiredRollbacks('autosave'))[0]).toMatchObject({ state: 'executed' });
  });

  it('executes nothing by itself while killed, and then at the first look after it [ROL-3] [OPS-7]', async () => {
    await storeVerdict({ required: true });
    const stop = await pressKillSwitch();
    expect(await demand(AUTOMATIC)).toMatchObject({ outcome: 'opened', request: { mode: 'automatic' } });
    expect(await demand(AUTOMATIC)).toMatchObject({ outcome: 'joined' });
    expect((await enforceDeadlines(later(60))).executed).toHaveLength(0);
    await database().stopOrder.update({ where: { id: stop }, data: { endedAt: later(90) } });
    expect((await enforceDeadlines(later(120))).executed).toMatchObject([{ trigger: 'automatic' }]);
  });

  it('never executes where nothing is behind: a person must act [ROL-1] [ROL-3]', async () => {
    await storeVerdict({ required: true });
    const input = await demandInput(AUTOMATIC);
    const outcome = await inTransaction((tx) =>
      demandRollback(tx, { ...input, demand: { ...input.demand, toPhase: null } }),
    );
    expect(outcome).toMatchObject({ outcome: 'opened', request: { mode: 'recommend', dueAt: null } });
    expect((await enforceDeadlines(later(90_000))).executed).toHaveLength(0);
  });

  it('asks without a deadline where automation recommends, and is only recorded, once, in shadow [ROL-3]', async () => {
    await storeVerdict({ required: true });
    const shadow = { automation: { promotion: 'recommend' as const, rollback: 'shadow' as const } };
    expect(await demand(shadow)).toMatchObject({ outcome: 'recorded', request: { state: 'recorded' } });
    expect(await demand(shadow)).toEqual({ outcome: 'answered' });
    expect(await open()).toBeNull();
    const recommend = { automation: { promotion: 'recommend' as const, rollback: 'recommend' as const } };
    await storeVerdict({ required: true, windowStart: NOW });
    expect(await demand(recommend, NOW)).toMatchObject({ outcome: 'opened', request: { dueAt: null } });
    expect((await enforceDeadlines(later(90_000))).executed).toHaveLength(0);
    expect(await rollBack(confirm)).toMatchObject({ change: { breakGlass: false } });
  });

  it('demands nothing of a rollout that has moved on since it was decided [ROL-7]', async () => {
    const input = await demandInput(AUTOMATIC);
    await rollBack(confirm);
    expect(await inTransaction((tx) => demandRollback(tx, input))).toEqual({ outcome: 'moved_on' });
    expect(await rollbacks()).toHaveLength(1);
  });

  it('is one step when button, API, deadline and decision race, round after round [ROL-7]', async () => {
    for (let round = 0; round < 4; round++) {
      await climbed();
      await storeVerdict({ required: true });
      const input = await demandInput(AUTOMATIC);
      await demand();
      await Promise.all(
        Array.from({ length: 6 }, (_, i) => [
          rollBack({ ...confirm, trigger: i % 2 ? 'button' : 'api', expectedVersion: 3 }),
          enforceDeadlines(later(900 + i)),
          inTransaction((tx) => demandRollback(tx, input)),
        ]).flat(),
      );
      expect(await rollbacks()).toHaveLength(1);
      expect(await findRollout('autosave')).toMatchObject({ phase: 'B', version: 4, state: 'rolling_back' });
      expect(await listRequiredRollbacks('autosave')).toMatchObject([{ state: 'executed' }]);
      expect(await verifyAuditChain()).toBeNull();
    }
  });

  it('is either declined or executed, never both [ROL-7]', async () => {
    for (let round = 0; round < 4; round++) {
      await climbed();
      await storeVerdict({ required: true });
      await demand();
      const [declined, deadlines] = await Promise.all([
        declineRollback({
          rolloutId: 'autosave',
          reason: 'not now',
          trigger: 'button',
          actor: ON_CALL,
          now: later(900),
        }).catch(() => null),
        enforceDeadlines(later(900)),
      ]);
      expect(await rollbacks()).toHaveLength(declined ? 0 : 1);
      expect(deadlines.executed).toHaveLength(declined ? 0 : 1);
    }
  });
});
