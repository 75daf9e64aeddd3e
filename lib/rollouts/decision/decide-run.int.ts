import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { readAuditChain, verifyAuditChain } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { putRollout, testDatabase } from '#scripts/test/database.ts';
import { withPolicy } from '#scripts/test/governance.ts';
import { giveApproval } from '../approvals/give-approval.run.ts';
import {
  addPerson,
  addVerdict,
  collectedTo,
  type Person,
  READY_AT,
  readyRollout,
  shownDecision,
} from '../people/ready-rollout.fixture.ts';
import { findRollout, listPhaseChanges } from '../rollout.store.ts';
import { decideAll, decideRollout } from './decide.run.ts';
import { listDecisions } from './decision.store.ts';
import { loadDecisionFacts } from './facts.store.ts';

const WINDOW_MS = 900_000;
const later = (windows: number, from: Date = READY_AT) => new Date(from.getTime() + windows * WINDOW_MS);
const ID = 'autosave';

let sre: Person;
let lead: Person;
let reviewer: Person;
let restorePolicy: () => void = () => undefined;

beforeAll(async () => {
  await testDatabase();
  sre = await addPerson('sre', ['sre']);
  lead = await addPerson('lead', ['dev_lead']);
  reviewer = await addPerson('reviewer', ['reviewer']);
});
afterAll(disconnectDatabase);
beforeEach(() => readyRollout('A', reviewer));
afterEach(() => {
  restorePolicy();
  restorePolicy = () => undefined;
});

const rollout = async () => {
  const found = await findRollout(ID);
  if (!found) throw new Error('autosave is gone');
  return found;
};
const decisions = () => database().rolloutDecision.count({ where: { rolloutId: ID } });
const actions = async (from = 0) =>
  (await readAuditChain()).filter(({ seq }) => seq > from).map(({ action }) => action);
const auditEnd = async () => (await readAuditChain()).at(-1)?.seq ?? 0;

/** The window after the newest one is collected and judged: met, violated, or without enough data. */
async function windowOf(index: number, sloMet: boolean | null, phase = 'A'): Promise<Date> {
  const end = later(index, new Date('2026-11-21T09:00:00.000Z'));
  await collectedTo(end);
  const id = await addVerdict(phase, end, sloMet === true);
  if (sloMet === null)
    await database().verdict.update({
      where: { id },
      data: { verdict: 'insufficient_data', sloMet: null, breach: false, rollbackRequired: false },
    });
  return new Date(end.getTime() + 180_000);
}

async function approve(person: Person, now: Date): Promise<void> {
  const { rolloutVersion, policyHash, evidenceHash } = await shownDecision(now);
  await giveApproval({
    rolloutId: ID,
    choice: 'approve',
    comment: '',
    rolloutVersion,
    policyHash,
    evidenceHash,
    actor: person,
    trigger: 'button',
    now,
  });
}
const standing = () => database().rolloutApproval.count({ where: { rolloutId: ID, endedAt: null } });

describe('a tick', () => {
  it('asks people once every other gate is met, and writes one decision however often it comes [PHA-3]', async () => {
    const before = await auditEnd();
    expect((await decideRollout(ID, 'tick', READY_AT))?.decision).toBe('await_approval');
    for (let minute = 1; minute < 5; minute += 1)
      await decideRollout(ID, 'tick', new Date(READY_AT.getTime() + minute * 60_000));
    expect(await rollout()).toMatchObject({ state: 'awaiting_approval', version: 1, revision: 2 });
    // The second row has the same reasons in the new state.
    expect(await decisions()).toBe(2);
    expect(await actions(before)).toEqual(['rollout.gates_met']);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('is harmless when ten come at once: one decision, one transition [PHA-3]', async () => {
    const before = await auditEnd();
    await Promise.all(Array.from({ length: 10 }, () => decideAll('tick', READY_AT)));
    expect(await rollout()).toMatchObject({ state: 'awaiting_approval', revision: 2 });
    expect(await decisions()).toBe(2);
    expect(await actions(before)).toEqual(['rollout.gates_met']);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('goes on with other rollouts when one cannot be decided, and says so at the end', async () => {
    const { hash } = await loadPolicy();
    const end = new Date('2026-11-21T09:15:00.000Z');
    await database().verdict.create({
      data: {
        rolloutId: 'autosave-merge',
        phase: 'A-0',
        windowStart: new Date('2026-11-21T09:00:00.000Z'),
        windowEnd: end,
        revision: 1,
        verdict: 'pass',
        sloMet: true,
        breach: false,
        rollbackRequired: false,
        notifyLevel: 'none',
        retryableFailures: 0n,
        policyHash: hash,
        inputHash: 'x',
        metrics: [{ broken: true }],
      },
    });
    // By id, the broken one comes second; the other way round is the same loop.
    await expect(decideAll('tick', READY_AT)).rejects.toThrow(/1 rollouts/);
    expect((await rollout()).state).toBe('awaiting_approval');
    expect(await decideRollout('autosave', 'tick', READY_AT)).not.toBeNull();
    expect(await decideRollout('nothing', 'tick', READY_AT)).toBeNull();
  });
});

describe('signatures', () => {
  it('stay through a window that cannot tell; only the asking pauses [PHA-3] [PHA-4]', async () => {
    await decideRollout(ID, 'tick', READY_AT);
    await approve(sre, READY_AT);
    const quiet = await windowOf(1, null);
    expect((await decideRollout(ID, 'cycle', quiet))?.heldBy).toContain('healthy_now');
    expect([(await rollout()).state, await standing()]).toEqual(['running', 1]);
    const good = await windowOf(2, true);
    expect((await decideRollout(ID, 'cycle', good))?.heldBy).toEqual(['approvals']);
    expect([(await rollout()).state, await standing()]).toEqual(['awaiting_approval', 1]);
    await approve(lead, good);
    expect((await decideRollout(ID, 'tick', good))?.decision).toBe('promote');
  });

  it('end on record when the run breaks, and an incident opens [PHA-3] [INC-1]', async () => {
    await decideRollout(ID, 'tick', READY_AT);
    await approve(sre, READY_AT);
    const before = await auditEnd();
    const bad = await windowOf(1, false);
    expect((await decideRollout(ID, 'cycle', bad))?.decision).toBe('roll_back');
    await decideRollout(ID, 'tick', bad);
    expect([(await rollout()).state, await standing()]).toEqual(['running', 0]);
    expect(await database().rolloutApproval.findFirst({ where: { rolloutId: ID } })).toMatchObject({
      endReason: 'evidence_changed',
      endedBy: 'system',
    });
    expect(await database().incident.findMany({ where: { rolloutId: ID } })).toMatchObject([
      { cause: 'slo_violation', severity: 'major', state: 'open', phase: 'A' },
    ]);
    expect(await actions(before)).toEqual([
      'rollout.signatures_void',
      'incident.opened',
      'rollback.requested',
      'rollout.gates_lost',
    ]);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('end when they expire, and when the policy is another [PHA-3]', async () => {
    await decideRollout(ID, 'tick', READY_AT);
    await approve(sre, READY_AT);
    await decideRollout(ID, 'tick', new Date(READY_AT.getTime() + 3 * 86_400_000 - 1));
    expect(await standing()).toBe(1);
    await decideRollout(ID, 'tick', new Date(READY_AT.getTime() + 3 * 86_400_000));
    expect(await standing()).toBe(0);
    expect(await database().rolloutApproval.findFirst({ where: { rolloutId: ID } })).toMatchObject({
      endReason: 'expired',
    });
  });
});

describe('a required rollback', () => {
  it('opens one request and one incident, however many violations follow [ROL-3]', async () => {
    await readyRollout('B', reviewer);
    for (const index of [1, 2, 3]) await decideRollout(ID, 'cycle', await windowOf(index, false, 'B'));
    expect(await database().rollbackRequest.findMany({ where: { rolloutId: ID } })).toMatchObject([
      { state: 'open', mode: 'on_call', toPhase: 'A', cause: 'verdict' },
    ]);
    expect(await database().incident.count({ where: { rolloutId: ID } })).toBe(1);
    expect((await rollout()).phase).toBe('B');
  });

  it('executes at once where the phase is automatic, one phase back and once, by ten ticks at once [ROL-1] [ROL-7]', async () => {
    restorePolicy = withPolicy([
      'promoteBy: [sre, admin]\n        rollback: { mode: on_call }',
      'promoteBy: [sre, admin]\n        rollback: { mode: automatic }',
    ]);
    await readyRollout('B', reviewer);
    const bad = await windowOf(1, false, 'B');
    await Promise.all(Array.from({ length: 10 }, () => decideAll('tick', bad)));
    expect(await rollout()).toMatchObject({ phase: 'A', state: 'rolling_back', version: 3 });
    const steps = (await listPhaseChanges(ID)).filter(({ kind }) => kind === 'rollback');
    expect(steps).toMatchObject([{ fromPhase: 'B', toPhase: 'A', trigger: 'automatic', breakGlass: false }]);
    const messages = await database().message.findMany({
      where: { rolloutId: ID, kind: { in: ['autosave-incident', 'rollback', 'autosave-rollback'] } },
      orderBy: { seq: 'asc' },
    });
    // The alert before what follows it (REP-7).
    expect(messages.slice(-3).map(({ kind }) => kind)).toEqual([
      'autosave-incident',
      'rollback',
      'autosave-rollback',
    ]);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('is on record only in shadow: no incident, and nobody is told or reminded [PHA-3] [ROL-3]', async () => {
    restorePolicy = withPolicy([
      'promoteBy: [sre, admin]\n        rollback: { mode: on_call }',
      'promoteBy: [sre, admin]\n        automation: { rollback: shadow }\n        rollback: { mode: on_call }',
    ]);
    await readyRollout('B', reviewer);
    const before = await database().message.count();
    await decideRollout(ID, 'cycle', await windowOf(1, false, 'B'));
    expect(await database().rollbackRequest.findMany({ where: { rolloutId: ID } })).toMatchObject([
      { state: 'recorded', mode: 'shadow' },
    ]);
    expect(await database().incident.count({ where: { rolloutId: ID } })).toBe(0);
    expect(await database().message.count()).toBe(before);
  });

  it('is taken back when late data says that the window was met after all [COL-6]', async () => {
    await readyRollout('B', reviewer);
    const bad = await windowOf(1, false, 'B');
    await decideRollout(ID, 'cycle', bad);
    await addVerdict('B', new Date('2026-11-21T09:15:00.000Z'), true);
    await decideRollout(ID, 'cycle', bad);
    expect(await database().rollbackRequest.findMany({ where: { rolloutId: ID } })).toMatchObject([
      { state: 'withdrawn' },
    ]);
  });

  it('is demanded of an SLO that was unmet for 24 h, whatever its violation rule says [PHA-5]', async () => {
    await readyRollout('B', reviewer);
    const unmet = await database().verdict.findMany({
      where: { rolloutId: ID },
      orderBy: { windowStart: 'desc' },
      take: 96,
      select: { id: true },
    });
    const data = { sloMet: false, verdict: 'warn' };
    const ids = unmet.map(({ id }) => id);
    await database().verdict.updateMany({ where: { id: { in: ids.slice(0, 95) } }, data });
    expect((await decideRollout(ID, 'tick', READY_AT))?.rollback).toBeNull();
    await database().verdict.updateMany({ where: { id: { in: ids } }, data });
    expect((await decideRollout(ID, 'tick', READY_AT))?.rollback).toMatchObject({
      cause: 'slo_unmet',
      toPhase: 'A',
    });
  });
});

describe('the trust ladder', () => {
  const automation = (promotion: string): [string, string] => [
    'exposure: 0.05\n',
    `exposure: 0.05\n        automation: { promotion: ${promotion} }\n`,
  ];

  it('act: promotes by itself once all have signed, and once only [PHA-3]', async () => {
    restorePolicy = withPolicy(automation('act'));
    await readyRollout('A', reviewer);
    await decideAll('tick', READY_AT);
    await approve(sre, READY_AT);
    await decideAll('tick', READY_AT);
    expect((await rollout()).phase).toBe('A');
    await approve(lead, READY_AT);
    await Promise.all(Array.from({ length: 6 }, () => decideAll('tick', READY_AT)));
    expect(await rollout()).toMatchObject({ phase: 'B', state: 'promoting', version: 2 });
    expect((await listPhaseChanges(ID)).filter(({ kind }) => kind === 'promotion')).toMatchObject([
      { trigger: 'automatic', fromPhase: 'A', toPhase: 'B' },
    ]);
  });

  it('shadow: decides and records, and asks nobody [PHA-3]', async () => {
    restorePolicy = withPolicy(automation('shadow'));
    await readyRollout('A', reviewer);
    expect((await decideRollout(ID, 'tick', READY_AT))?.decision).toBe('await_approval');
    expect([(await rollout()).state, await decisions()]).toEqual(['running', 1]);
  });
});

describe('a pressed kill switch', () => {
  it('leaves everything as it is, on record [PHA-3]', async () => {
    await readyRollout('B', reviewer);
    await database().stopOrder.create({
      data: {
        kind: 'kill',
        scope: '*',
        reason: 'test',
        trigger: 'button',
        personId: 'p',
        personName: 'P',
        orderedAt: READY_AT,
      },
    });
    const bad = await windowOf(1, false, 'B');
    expect((await decideRollout(ID, 'tick', bad))?.decision).toBe('halt');
    expect(await rollout()).toMatchObject({ phase: 'B', state: 'running', revision: 1 });
    expect(await database().rolloutDecision.findFirst({ where: { rolloutId: ID } })).toMatchObject({
      decision: 'halt',
      source: 'tick',
    });
  });
});

describe('the rules of the run', () => {
  const run = async () => {
    const facts = await loadDecisionFacts(database(), await loadPolicy(), ID, READY_AT);
    return facts?.verdicts.filter(({ sameRules }) => sameRules).length;
  };

  it('survive an edit of the policy that judges nothing differently [PHA-4]', async () => {
    restorePolicy = withPolicy(
      ['カナリア 5 %', 'カナリア'],
      ["channel: '#incident'", "channel: '#incidents'"],
    );
    expect(await run()).toBe(10);
  });

  it('begin anew with a new limit [PHA-4]', async () => {
    const { hash } = await loadPolicy();
    restorePolicy = withPolicy(['max: 2500, window: 15m }', 'max: 2400, window: 15m }']);
    expect((await loadPolicy()).hash).not.toBe(hash);
    expect(await run()).toBe(0);
    const decision = await decideRollout(ID, 'tick', READY_AT);
    expect(decision?.gates.find(({ kind }) => kind === 'windows_running')?.reason).toBe('run_reset_policy');
  });

  it('cannot be told of a policy version that nobody kept: it counts as another [PHA-4]', async () => {
    await database().verdict.updateMany({ where: { rolloutId: ID }, data: { policyHash: 'unknown' } });
    expect(await run()).toBe(0);
  });
});

describe('the facts', () => {
  it('reach back to where the run ended, and no further [PHA-4]', async () => {
    const rows = await database().verdict.findMany({
      where: { rolloutId: ID },
      orderBy: { windowStart: 'asc' },
    });
    const broken = rows[4];
    if (!broken) throw new Error('too few windows');
    await database().verdict.update({ where: { id: broken.id }, data: { sloMet: false, verdict: 'warn' } });
    const facts = await loadDecisionFacts(database(), await loadPolicy(), ID, READY_AT);
    expect(facts?.verdicts.map(({ sloMet }) => sloMet)).toEqual([true, true, true, true, true, false]);
  });

  it('of a climb that has ended reach no further than gates and PHA-5 look [PHA-5]', async () => {
    const seen = async (now: Date) =>
      (await loadDecisionFacts(database(), await loadPolicy(), ID, now))?.verdicts.length;
    const days = (count: number) => new Date(READY_AT.getTime() + count * 86_400_000);
    expect(await seen(days(3))).toBe(10);
    await putRollout({ where: { id: ID }, data: { state: 'completed' } });
    expect([await seen(days(1)), await seen(days(3))]).toEqual([10, 0]);
  });

  it('say when somebody has changed what is served by another way [PHA-1]', async () => {
    await database().flagState.updateMany({ where: { rolloutId: ID }, data: { exposureRatio: 0.5 } });
    const decision = await decideRollout(ID, 'tick', READY_AT);
    expect(decision).toMatchObject({ decision: 'hold', heldBy: ['flags_as_policy', 'approvals'] });
  });

  it('weigh a vote when it is used: who lost the role or was disabled does not count [PHA-3]', async () => {
    await decideRollout(ID, 'tick', READY_AT);
    const leaver = await addPerson('leaver', ['dev_lead']);
    await approve(leaver, READY_AT);
    const given = async () =>
      (await decideRollout(ID, 'tick', READY_AT))?.gates.find(({ kind }) => kind === 'approvals')?.now;
    expect(await given()).toBe(1);
    await database().user.update({ where: { id: leaver.id }, data: { disabledAt: READY_AT } });
    expect(await given()).toBe(0);
    await database().user.update({ where: { id: leaver.id }, data: { disabledAt: null } });
    expect(await given()).toBe(1);
    await database().userRole.deleteMany({ where: { userId: leaver.id } });
    expect(await given()).toBe(0);
  });
});

describe('the record', () => {
  it('keeps its order when the clock is set back, and is read page by page [PHA-3]', async () => {
    await decideRollout(ID, 'tick', READY_AT);
    const back = new Date(READY_AT.getTime() - 3_600_000);
    await decideRollout(ID, 'tick', back);
    await decideRollout(ID, 'tick', back);
    await decideRollout(ID, 'tick', back);
    const all = await listDecisions(ID, { limit: 50 });
    const times = all?.decisions.map(({ recordedAt }) => recordedAt) ?? [];
    expect([...times].sort().reverse()).toEqual(times);
    // Asked, held for a clock that cannot be trusted, and the same in the new state.
    expect(all?.decisions.map(({ decision }) => [decision.decision, decision.state])).toEqual([
      ['hold', 'running'],
      ['hold', 'awaiting_approval'],
      ['await_approval', 'running'],
    ]);
    const first = await listDecisions(ID, { limit: 2 });
    expect(first?.nextBefore).toBe(times[1]);
    const second = await listDecisions(ID, { limit: 2, before: first?.nextBefore ?? '' });
    expect(second).toMatchObject({ nextBefore: null, decisions: [{ recordedAt: times[2] }] });
    expect(await listDecisions('nothing', { limit: 2 })).toBeNull();
  });
});
