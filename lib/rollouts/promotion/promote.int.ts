import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { type GiveApprovalCommand, giveApproval } from '../approvals/give-approval.run.ts';
import { withdrawApproval } from '../approvals/withdraw-approval.run.ts';
import {
  addPerson,
  addVerdict,
  insistently,
  type Person,
  READY_AT,
  readyRollout,
  shownDecision,
} from '../people/ready-rollout.fixture.ts';
import { rollBack } from '../rollback/rollback.run.ts';
import { findRollout, listPhaseChanges } from '../rollout.store.ts';
import { orderStop } from '../stops/order-stop.run.ts';
import { type PromoteCommand, promote } from './promote.run.ts';

let sre: Person;
let sre2: Person;
let lead: Person;
let reviewer: Person;
let governance: Person;
let admin: Person;

beforeAll(async () => {
  await testDatabase();
  sre = await addPerson('sre', ['sre']);
  sre2 = await addPerson('sre2', ['sre']);
  lead = await addPerson('lead', ['dev_lead']);
  reviewer = await addPerson('reviewer', ['reviewer']);
  governance = await addPerson('governance', ['governance']);
  admin = await addPerson('admin', ['admin']);
});
afterAll(disconnectDatabase);

async function approveBy(...people: Person[]): Promise<void> {
  for (const person of people) await giveApproval(await approval(person));
}

async function approval(
  person: Person,
  change: Partial<GiveApprovalCommand> = {},
): Promise<GiveApprovalCommand> {
  const { rolloutVersion, policyHash, evidenceHash } = await shownDecision();
  return {
    rolloutId: 'autosave',
    choice: 'approve',
    comment: '',
    rolloutVersion,
    policyHash,
    evidenceHash,
    actor: person,
    trigger: 'button',
    now: READY_AT,
    ...change,
  };
}

async function press(person: Person, change: Partial<PromoteCommand> = {}): Promise<PromoteCommand> {
  const { phase, rolloutVersion, evidenceHash } = await shownDecision();
  return {
    rolloutId: 'autosave',
    fromPhase: phase,
    expectedVersion: rolloutVersion,
    evidenceHash,
    reason: 'two good days',
    trigger: 'button',
    actor: person,
    now: READY_AT,
    ...change,
  };
}

const served = async () =>
  (await database().flagState.findMany({ where: { rolloutId: 'autosave' } })).map((flag) => [
    flag.flagKey,
    flag.phase,
    flag.exposureRatio,
  ]);
const promotions = async () =>
  (await listPhaseChanges('autosave')).filter(
    ({ trigger, kind }) => trigger !== 'setup' && kind !== 'rollback',
  );

const orderKill = () =>
  orderStop({
    kind: 'kill',
    scope: '*',
    reason: 'stop everything',
    confirm: 'STOP',
    dryRun: false,
    actor: { ...sre, roles: ['sre'], scopes: [] },
    trigger: 'button',
    now: READY_AT,
  });

describe('the last click', () => {
  beforeEach(async () => readyRollout('A', reviewer));

  it('moves phase and flags together, and records who, when, why, approvers and flags [PHA-3]', async () => {
    await approveBy(sre, lead);
    const outcome = await promote(await press(sre));
    expect(outcome).toMatchObject({
      outcome: 'promoted',
      change: {
        kind: 'promotion',
        fromPhase: 'A',
        toPhase: 'B',
        actorName: 'sre',
        reason: 'two good days',
        proof: 'pending',
        createdAt: READY_AT.toISOString(),
      },
    });
    expect(await findRollout('autosave')).toMatchObject({
      phase: 'B',
      state: 'promoting',
      version: 2,
      phaseEnteredAt: READY_AT.toISOString(),
    });
    expect(await served()).toEqual([['autosave.enabled', 'B', 0.3]]);
    const row = await database().phaseChange.findFirstOrThrow({
      where: { kind: 'promotion', trigger: 'button' },
    });
    expect(row).toMatchObject({ decisionKey: 'promotion:autosave:1' });
    expect(row.evidenceHash).toMatch(/^[0-9a-f]{64}$/);
    expect(row.verdictId).not.toBeNull();
    const audit = await database().auditEntry.findFirstOrThrow({ orderBy: { seq: 'desc' } });
    expect(audit).toMatchObject({ action: 'rollout.promoted', actorId: sre.id, reason: 'two good days' });
    expect(audit.details).toMatchObject({
      from: 'A',
      to: 'B',
      approvals: [
        { personId: sre.id, role: 'sre' },
        { personId: lead.id, role: 'dev_lead' },
      ],
      flagsBefore: { 'autosave.enabled': { exposureRatio: 0.05 } },
      flagsAfter: { 'autosave.enabled': { exposureRatio: 0.3 } },
    });
    expect(await verifyAuditChain()).toBeNull();
    const ended = await database().rolloutApproval.findMany();
    expect(ended.map(({ endReason }) => endReason)).toEqual(['phase_left', 'phase_left']);
    const signOffs = await database().panelSignOff.findMany();
    expect(signOffs.map(({ endReason }) => endReason)).toEqual(['phase_left']);
  });

  it('says on a dry run exactly which flags would change, and changes nothing [DASH-5]', async () => {
    await approveBy(sre, lead);
    expect(await promote(await press(sre, { dryRun: true }))).toEqual({
      outcome: 'would_promote',
      kind: 'promotion',
      from: 'A',
      to: 'B',
      flagsBefore: { 'autosave.enabled': { value: true, audience: 'exposure', exposureRatio: 0.05 } },
      flagsAfter: { 'autosave.enabled': { value: true, audience: 'exposure', exposureRatio: 0.3 } },
      changedFlags: ['autosave.enabled'],
    });
    expect(await findRollout('autosave')).toMatchObject({ phase: 'A', version: 1, revision: 1 });
    expect(await promotions()).toEqual([]);
  });

  it('is one step when fifty people press at the same instant [PHA-3]', async () => {
    for (let round = 0; round < 3; round++) {
      await readyRollout('A', reviewer);
      await approveBy(sre, lead);
      const command = await press(sre);
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          insistently(() => promote({ ...command, actor: i % 2 ? lead : admin })),
        ),
      );
      const tally = outcomes.map(({ outcome }) => outcome);
      expect(tally.filter((outcome) => outcome === 'promoted')).toHaveLength(1);
      expect(tally.filter((outcome) => outcome === 'already_done')).toHaveLength(49);
      expect(new Set(outcomes.map((each) => ('change' in each ? each.change.id : ''))).size).toBe(1);
      expect(await findRollout('autosave')).toMatchObject({ phase: 'B', version: 2 });
      expect(await promotions()).toHaveLength(1);
    }
    expect(await verifyAuditChain()).toBeNull();
  });

  it('does not answer for a step that has been taken back since [PHA-3] [ROL-1]', async () => {
    await approveBy(sre, lead);
    const command = await press(sre);
    await promote(command);
    await rollBack({
      rolloutId: 'autosave',
      fromPhase: 'B',
      reason: 'it broke',
      trigger: 'button',
      actor: sre,
      now: READY_AT,
    });
    await expect(promote(command)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'moved_on' });
  });

  it.each([
    [
      'the panel is not signed',
      async () => database().panelSignOff.deleteMany(),
      'gates_unmet',
      'signed_off:autosave',
    ],
    [
      'an incident is open',
      async () =>
        database().incident.create({
          data: {
            rolloutId: 'autosave',
            phase: 'A',
            cause: 'slo_violation',
            severity: 'minor',
            openedAt: READY_AT,
          },
        }),
      'gates_unmet',
      'no_open_incident',
    ],
    [
      'a review is unsigned',
      async () =>
        database().review.create({
          data: {
            rolloutId: 'autosave',
            kind: 'rollback',
            subject: 'phase_change:x',
            reason: 'x',
            openedById: 'x',
            openedByName: 'x',
            openedAt: READY_AT,
            needed: 2,
          },
        }),
      'gates_unmet',
      'reviews_signed',
    ],
    [
      'the newest window was a violation',
      async () => addVerdict('A', new Date('2026-11-21T09:00:00.000Z'), false),
      'gates_unmet',
      'healthy_now',
    ],
    [
      'somebody changed a flag by another way',
      async () => database().flagState.updateMany({ data: { exposureRatio: 0.9 } }),
      'gates_unmet',
      'flags_as_policy',
    ],
    ['the kill switch is pressed', orderKill, 'killed', undefined],
  ] as const)('is refused when %s, and says so [PHA-3]', async (_, harm, reason, gate) => {
    await approveBy(sre, lead);
    const command = await press(sre);
    await harm();
    const refused = promote(command);
    await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', reason });
    if (gate)
      await expect(refused).rejects.toMatchObject({
        issues: expect.arrayContaining([expect.objectContaining({ field: gate })]),
      });
    expect(await promotions()).toEqual([]);
    expect(await findRollout('autosave')).toMatchObject({ phase: 'A', version: 1 });
  });

  it('needs every signature of the phase, from people who hold their role now [PHA-3]', async () => {
    await approveBy(sre);
    await expect(promote(await press(sre))).rejects.toMatchObject({ reason: 'approvals_missing' });
    await approveBy(lead);
    await database().userRole.deleteMany({ where: { userId: lead.id } });
    try {
      await expect(promote(await press(sre))).rejects.toMatchObject({ reason: 'approvals_missing' });
      await expect(promote(await press(lead))).rejects.toMatchObject({
        code: 'FORBIDDEN',
        reason: 'permission_missing',
      });
    } finally {
      await database().userRole.create({ data: { userId: lead.id, role: 'dev_lead', grantedBy: 'test' } });
    }
    await database().user.update({ where: { id: lead.id }, data: { disabledAt: READY_AT } });
    try {
      await expect(promote(await press(sre))).rejects.toMatchObject({ reason: 'approvals_missing' });
      await expect(promote(await press(lead))).rejects.toMatchObject({
        code: 'FORBIDDEN',
        reason: 'person_inactive',
      });
    } finally {
      await database().user.update({ where: { id: lead.id }, data: { disabledAt: null } });
    }
    expect(await promote(await press(sre))).toMatchObject({ outcome: 'promoted' });
  });

  it('is for the roles that the phase names only [PHA-3]', async () => {
    await approveBy(sre, lead);
    await expect(promote(await press(governance))).rejects.toMatchObject({
      code: 'FORBIDDEN',
      reason: 'role_missing',
    });
    await expect(promote(await press(reviewer))).rejects.toMatchObject({
      code: 'FORBIDDEN',
      reason: 'permission_missing',
    });
  });

  it('holds on a no until it is taken back, and on what has changed since the person looked [PHA-3]', async () => {
    await approveBy(sre, lead);
    const command = await press(admin);
    await giveApproval(await approval(sre2, { choice: 'reject', comment: 'not on a Friday' }));
    await expect(promote(command)).rejects.toMatchObject({ reason: 'rejected' });
    await expect(promote({ ...command, evidenceHash: 'another' })).rejects.toMatchObject({
      reason: 'rejected',
    });
    await giveApproval(await approval(sre2, { choice: 'approve' }));
    await expect(promote({ ...command, evidenceHash: 'another' })).rejects.toMatchObject({
      reason: 'evidence_changed',
    });
    await expect(promote({ ...command, expectedVersion: 9 })).rejects.toMatchObject({ reason: 'moved_on' });
    expect(await promote(command)).toMatchObject({ outcome: 'promoted' });
  });

  it('is never early: a clock set forward or back makes the data stale, not the run longer [PHA-4]', async () => {
    await approveBy(sre, lead);
    for (const hours of [-1, 1]) {
      const now = new Date(READY_AT.getTime() + hours * 3_600_000);
      await expect(promote(await press(sre, { now }))).rejects.toMatchObject({
        reason: 'gates_unmet',
        issues: [{ field: 'fresh_data', message: 'window_stale' }],
      });
    }
    // One window short of eight, the clock an hour ahead: time alone counts nothing.
    await database().verdict.deleteMany({
      where: { windowEnd: { lte: new Date('2026-11-21T07:15:00.000Z') } },
    });
    await expect(
      promote(await press(sre, { now: new Date(READY_AT.getTime() + 3_600_000) })),
    ).rejects.toMatchObject({
      issues: expect.arrayContaining([expect.objectContaining({ field: 'windows_running' })]),
    });
  });
});

describe('four eyes', () => {
  it('wants a second person where one may sign and press [PHA-3]', async () => {
    await readyRollout('B', reviewer);
    await approveBy(sre);
    await expect(promote(await press(sre))).rejects.toMatchObject({ reason: 'four_eyes' });
    expect(await promote(await press(sre2))).toMatchObject({ outcome: 'promoted', change: { toPhase: 'C' } });
  });

  it('takes a further signature for the second pair [PHA-3]', async () => {
    await readyRollout('B', reviewer);
    await approveBy(sre, sre2);
    expect(await promote(await press(sre))).toMatchObject({ outcome: 'promoted' });
  });

  it('is not made by Phasegate itself, which acts only where the policy lets it [PHA-3]', async () => {
    await readyRollout('A', reviewer);
    await approveBy(sre, lead);
    await expect(
      promote(await press(sre, { actor: SYSTEM_ACTOR, trigger: 'automatic' })),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
      reason: 'automation_not_act',
    });
  });
});

describe('the end of the climb', () => {
  it('is recorded once, serves nothing new and is proven at once [PHA-3]', async () => {
    await readyRollout('C', governance);
    const before = await served();
    await approveBy(governance);
    const command = await press(admin);
    const outcomes = await Promise.all([promote(command), promote(command), promote(command)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
      'already_done',
      'already_done',
      'completed',
    ]);
    expect(await findRollout('autosave')).toMatchObject({ phase: 'C', state: 'completed', version: 3 });
    expect(await listPhaseChanges('autosave', 1)).toMatchObject([
      { kind: 'completion', fromPhase: 'C', toPhase: 'C', proof: 'proven', provenAt: READY_AT.toISOString() },
    ]);
    expect(await served()).toEqual(before);
    await expect(promote({ ...command, evidenceHash: 'x', expectedVersion: 2 })).rejects.toMatchObject({
      reason: 'moved_on',
    });
  });
});

// Many rounds on a busy machine: the limit only ends what hangs.
describe('a promotion that races', () => {
  it('with a rollback ends where one of the two leads, never in between [PHA-3] [ROL-7]', async () => {
    for (let round = 0; round < 6; round++) {
      await readyRollout('B', reviewer);
      await approveBy(sre);
      const step = await press(sre2);
      const back = {
        rolloutId: 'autosave',
        fromPhase: 'B',
        expectedVersion: 2,
        reason: 'race',
        trigger: 'button' as const,
        actor: sre,
        now: READY_AT,
      };
      const [forth, behind] = await Promise.allSettled(
        round % 2 ? [promote(step), rollBack(back)] : [rollBack(back), promote(step)],
      );
      expect([forth.status, behind.status].sort()).toEqual(['fulfilled', 'rejected']);
      const rollout = await findRollout('autosave');
      expect(rollout?.version).toBe(3);
      expect([
        ['A', 'rolling_back'],
        ['C', 'promoting'],
      ]).toContainEqual([rollout?.phase, rollout?.state]);
      expect(await served()).toEqual([
        ['autosave.enabled', rollout?.phase, rollout?.phase === 'A' ? 0.05 : 1],
      ]);
    }
  });

  it('with the kill switch never commits after the press has returned [PHA-3]', async () => {
    for (let round = 0; round < 8; round++) {
      await readyRollout('A', reviewer);
      await approveBy(sre, lead);
      const command = await press(sre);
      const presses = Promise.allSettled(Array.from({ length: 8 }, () => promote(command)));
      await orderKill();
      const atPress = (await promotions()).length;
      const refused = { status: 'rejected', reason: { reason: 'killed' } };
      const late = await presses;
      const [again] = await Promise.allSettled([promote(command)]);
      expect((await promotions()).length).toBe(atPress);
      if (atPress > 0) continue;
      expect(again).toMatchObject(refused);
      // The press waits for nobody long: on a busy machine it ends the connection of whoever is in its way.
      for (const each of late)
        if (each.status === 'fulfilled' || !/connection/i.test(String(each.reason)))
          expect(each).toMatchObject(refused);
    }
  });

  it('with a violating verdict is not made once that is on record [PHA-3] [PHA-4]', async () => {
    const WINDOW_END = new Date('2026-11-21T09:00:00.000Z');
    for (let round = 0; round < 6; round++) {
      await readyRollout('A', reviewer);
      await approveBy(sre, lead);
      const command = await press(sre);
      const [violation, step] = await Promise.all([
        addVerdict('A', WINDOW_END, false),
        Promise.allSettled([promote(command)]).then(([settled]) => settled),
      ]);
      if (step.status === 'fulfilled') {
        const change = await database().phaseChange.findFirstOrThrow({ where: { trigger: 'button' } });
        expect(change.verdictId).not.toBe(violation);
      } else expect(step.reason).toMatchObject({ reason: 'gates_unmet' });
      const [again] = await Promise.allSettled([promote(command)]);
      if (step.status === 'fulfilled') expect(again).toMatchObject({ value: { outcome: 'already_done' } });
      else expect(again).toMatchObject({ reason: { reason: 'gates_unmet' } });
    }
  });

  it('with a vote being taken back sees it or comes first [PHA-3]', async () => {
    for (let round = 0; round < 6; round++) {
      await readyRollout('A', reviewer);
      await approveBy(sre, lead);
      const mine = await database().rolloutApproval.findFirstOrThrow({ where: { personId: lead.id } });
      const command = await press(sre);
      const [back, step] = await Promise.allSettled([
        withdrawApproval({
          rolloutId: 'autosave',
          approvalId: mine.id,
          actor: lead,
          trigger: 'button',
          now: READY_AT,
        }),
        promote(command),
      ]);
      if (back.status === 'rejected') throw back.reason;
      expect(back.value.outcome).toBe(step.status === 'fulfilled' ? 'already_ended' : 'withdrawn');
      if (step.status === 'rejected') expect(step.reason).toMatchObject({ reason: 'approvals_missing' });
    }
  });
});
