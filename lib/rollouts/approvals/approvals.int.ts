import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { putRollout, testDatabase } from '#scripts/test/database.ts';
import {
  addPerson,
  addVerdict,
  collectedTo,
  insistently,
  type Person,
  READY_AT,
  readyRollout,
  shownDecision,
} from '../people/ready-rollout.fixture.ts';
import { listApprovals } from './approval.store.ts';
import { type GiveApprovalCommand, giveApproval } from './give-approval.run.ts';
import { withdrawApproval } from './withdraw-approval.run.ts';

let sre: Person;
let lead: Person;
let both: Person;
let reviewer: Person;
let admin: Person;

beforeAll(async () => {
  await testDatabase();
  sre = await addPerson('sre', ['sre']);
  lead = await addPerson('lead', ['dev_lead']);
  both = await addPerson('both', ['dev_lead', 'sre']);
  reviewer = await addPerson('reviewer', ['reviewer']);
  admin = await addPerson('admin', ['admin']);
});
afterAll(disconnectDatabase);
beforeEach(async () => readyRollout('A', reviewer));

async function word(person: Person, change: Partial<GiveApprovalCommand> = {}): Promise<GiveApprovalCommand> {
  const { rolloutVersion, policyHash, evidenceHash } = await shownDecision(change.now);
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
const give = async (person: Person, change: Partial<GiveApprovalCommand> = {}) =>
  giveApproval(await word(person, change));
const votes = async () =>
  (await listApprovals({ id: 'autosave', version: 1 })).map(({ personName, choice, role, endReason }) => [
    personName,
    choice,
    role,
    endReason,
  ]);
const approvalsGate = async (now?: Date) =>
  (await shownDecision(now)).gates.find(({ kind }) => kind === 'approvals');

describe('a yes', () => {
  it('is kept with the role, what was shown, when it ends and through what it came, and audited [PHA-3]', async () => {
    const shown = await shownDecision();
    const outcome = await give(sre, { minutesUrl: 'https://minutes.example/7', comment: 'looks good' });
    expect(outcome).toMatchObject({
      outcome: 'given',
      approval: {
        role: 'sre',
        choice: 'approve',
        policyHash: shown.policyHash,
        evidenceHash: shown.evidenceHash,
        rolloutVersion: 1,
        phase: 'A',
        minutesUrl: 'https://minutes.example/7',
        personId: sre.id,
        trigger: 'button',
        expiresAt: new Date(READY_AT.getTime() + 3 * 86_400_000).toISOString(),
      },
    });
    expect(await approvalsGate()).toMatchObject({ now: 1, needed: 2, detail: { missing: 'dev_lead' } });
    expect(await database().auditEntry.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
      action: 'promotion.approved',
      actorId: sre.id,
      reason: 'looks good',
    });
    await give(lead);
    expect(await shownDecision()).toMatchObject({ decision: 'promote' });
    expect(await verifyAuditChain()).toBeNull();
  });

  it('fills a place that is still open, or the one asked for [PHA-3]', async () => {
    await give(sre);
    expect(await give(both)).toMatchObject({ approval: { role: 'dev_lead' } });
    expect(await give(both, { role: 'sre' })).toMatchObject({
      outcome: 'replaced',
      approval: { role: 'sre' },
    });
    expect(await approvalsGate()).toMatchObject({ now: 1, needed: 2 });
    await expect(give(both, { role: 'governance' })).rejects.toMatchObject({ reason: 'role_missing' });
  });

  it('counts once per person, however many times and ways they press [PHA-3]', async () => {
    const command = await word(both);
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        insistently(() =>
          giveApproval({ ...command, trigger: (['button', 'api', 'cli'] as const)[i % 3] ?? 'button' }),
        ),
      ),
    );
    const tally = outcomes.map(({ outcome }) => outcome);
    expect(tally.filter((outcome) => outcome === 'given')).toHaveLength(1);
    expect(tally.filter((outcome) => outcome === 'already_given')).toHaveLength(49);
    expect(await votes()).toHaveLength(1);
    expect(await approvalsGate()).toMatchObject({ now: 1, needed: 2 });
  });

  it('is taken from people at the same instant, each once [PHA-3]', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, (_, i) => addPerson(`sre-${i}`, ['sre'])));
    const commands = await Promise.all(people.map((person) => word(person)));
    await Promise.all([...commands, ...commands].map((each) => insistently(() => giveApproval(each))));
    expect(await votes()).toHaveLength(20);
    expect(await approvalsGate()).toMatchObject({ now: 1, needed: 2 });
  });

  it('is not asked of anybody for a step that is not healthy, and names the gates [PHA-3]', async () => {
    await addVerdict('A', new Date('2026-11-21T09:00:00.000Z'), false);
    await expect(give(sre)).rejects.toMatchObject({
      code: 'CONFLICT',
      reason: 'gates_unmet',
      issues: expect.arrayContaining([{ field: 'healthy_now', message: 'violation' }]),
    });
    await database().panelSignOff.deleteMany();
    await readyRollout('A');
    await expect(give(sre)).rejects.toMatchObject({
      issues: [{ field: 'signed_off:autosave', message: 'sign_offs_missing' }],
    });
  });

  it('is only for people who hold a role that the phase asks for [PHA-3]', async () => {
    const governance = await addPerson('governance', ['governance']);
    await expect(give(governance)).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'role_missing' });
    await expect(give(reviewer)).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'permission_missing' });
    await expect(give(admin)).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'permission_missing' });
    for (const actor of [
      SYSTEM_ACTOR,
      { id: 'cli:root', name: 'root' },
      { id: crypto.randomUUID(), name: 'x' },
    ])
      await expect(giveApproval({ ...(await word(sre)), actor })).rejects.toMatchObject({
        code: 'FORBIDDEN',
        reason: 'person_inactive',
      });
    const gone = await addPerson('gone', ['sre']);
    const command = await word(gone);
    await database().user.update({ where: { id: gone.id }, data: { disabledAt: READY_AT } });
    await expect(giveApproval(command)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      reason: 'person_inactive',
    });
    expect(await votes()).toEqual([]);
  });

  it('changes nothing on a dry run and says as what it would count [PHA-3]', async () => {
    expect(await give(both, { dryRun: true })).toEqual({
      outcome: 'would_give',
      choice: 'approve',
      role: 'sre',
    });
    expect(await votes()).toEqual([]);
  });
});

describe('what a yes is bound to', () => {
  it('is refused when any of it has changed since the person looked, saying what [PHA-3]', async () => {
    const command = await word(sre);
    await expect(giveApproval({ ...command, rolloutVersion: 7 })).rejects.toMatchObject({
      code: 'CONFLICT',
      reason: 'moved_on',
      issues: [{ field: 'rolloutVersion', message: expect.stringContaining('version 7') }],
    });
    await expect(giveApproval({ ...command, policyHash: 'other' })).rejects.toMatchObject({
      reason: 'policy_changed',
    });
    await expect(giveApproval({ ...command, evidenceHash: 'other' })).rejects.toMatchObject({
      reason: 'evidence_changed',
    });
    expect(await votes()).toEqual([]);
  });

  it('names the gate that moved where the decision that was shown is on record [PHA-3]', async () => {
    const command = await word(sre);
    const shown = await shownDecision();
    await database().rolloutDecision.create({
      data: {
        rolloutId: 'autosave',
        phase: 'A',
        rolloutVersion: 1,
        source: 'tick',
        decision: shown.decision,
        policyHash: shown.policyHash,
        evidenceHash: shown.evidenceHash,
        fingerprint: 'x',
        body: shown,
        decidedAt: READY_AT,
      },
    });
    await database().panelSignOff.updateMany({ data: { givenAt: new Date('2026-11-21T09:02:00.000Z') } });
    await expect(giveApproval(command)).rejects.toMatchObject({
      reason: 'evidence_changed',
      issues: [{ field: 'signed_off:autosave', message: expect.stringContaining('09:02') }],
    });
  });

  it('stays good through one more good window, and not through a run that broke [PHA-3] [PHA-4]', async () => {
    await give(sre);
    const next = new Date('2026-11-21T09:15:00.000Z');
    const later = new Date('2026-11-21T09:18:00.000Z');
    await addVerdict('A', next, true);
    await collectedTo(next);
    expect(await approvalsGate(later)).toMatchObject({ now: 1 });
    // Late data turns a window of the run bad, then good again: the run now begins elsewhere.
    await addVerdict('A', new Date('2026-11-21T06:45:00.000Z'), false);
    expect(await approvalsGate(later)).toMatchObject({ now: 0, reason: 'approvals_missing' });
    expect(await give(sre, { now: later })).toMatchObject({ outcome: 'replaced' });
    expect(await votes()).toEqual([
      ['sre', 'approve', 'sre', 'evidence_changed'],
      ['sre', 'approve', 'sre', null],
    ]);
  });

  it('ends with the policy it was given under [PHA-3] [PHA-6]', async () => {
    await give(sre);
    const own = mkdtempSync(join(tmpdir(), 'governance-'));
    cpSync('governance', own, { recursive: true });
    const file = join(own, 'policy.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('approvalsExpireAfter: 3d', 'approvalsExpireAfter: 2d'));
    process.env.GOVERNANCE_DIR = own;
    forgetEnv();
    try {
      // The signature under the panel is void with it.
      expect(await shownDecision()).toMatchObject({
        decision: 'hold',
        heldBy: ['signed_off:autosave', 'approvals'],
      });
      expect(await approvalsGate()).toMatchObject({ now: 0 });
    } finally {
      delete process.env.GOVERNANCE_DIR;
      forgetEnv();
    }
    expect(await approvalsGate()).toMatchObject({ now: 1 });
  });

  it('runs out, to the millisecond, and may be given again [PHA-3]', async () => {
    await give(sre);
    const ends = READY_AT.getTime() + 3 * 86_400_000;
    expect(await approvalsGate(new Date(ends - 1))).toMatchObject({ now: 1 });
    expect(await approvalsGate(new Date(ends))).toMatchObject({ now: 0 });
    await database().rolloutApproval.updateMany({ data: { expiresAt: READY_AT } });
    expect(await give(sre)).toMatchObject({ outcome: 'replaced' });
    expect((await votes()).map(([, , , why]) => why)).toEqual(['expired', null]);
  });

  it('is weighed when it is used: a role that was lost counts no more [PHA-3]', async () => {
    const demoted = await addPerson('demoted', ['sre', 'dev_lead']);
    await give(demoted);
    expect(await approvalsGate()).toMatchObject({ now: 1 });
    await database().userRole.deleteMany({ where: { userId: demoted.id, role: 'sre' } });
    expect(await approvalsGate()).toMatchObject({ now: 0 });
    expect(await give(demoted)).toMatchObject({ outcome: 'replaced', approval: { role: 'dev_lead' } });
    await database().user.update({ where: { id: demoted.id }, data: { disabledAt: READY_AT } });
    expect(await approvalsGate()).toMatchObject({ now: 0 });
  });
});

describe('a no', () => {
  it('holds until whoever gave it takes it back; the other word of a person replaces theirs [PHA-3]', async () => {
    await give(sre);
    await give(lead);
    expect(await give(sre, { choice: 'reject', comment: 'wait for the fix' })).toMatchObject({
      outcome: 'replaced',
      approval: { expiresAt: null },
    });
    expect(await shownDecision()).toMatchObject({ decision: 'hold', heldBy: ['not_rejected', 'approvals'] });
    const mine = (await listApprovals({ id: 'autosave', version: 1 })).at(-1);
    const back = {
      rolloutId: 'autosave',
      approvalId: mine?.id ?? '',
      trigger: 'api' as const,
      now: READY_AT,
    };
    await expect(withdrawApproval({ ...back, actor: lead })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      reason: 'not_yours',
    });
    await expect(
      withdrawApproval({ ...back, rolloutId: 'autosave-merge', actor: sre }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const twice = await Promise.all([
      withdrawApproval({ ...back, actor: sre }),
      withdrawApproval({ ...back, actor: sre }),
    ]);
    expect(twice.map(({ outcome }) => outcome).sort()).toEqual(['already_ended', 'withdrawn']);
    expect(await votes()).toEqual([
      ['sre', 'approve', 'sre', 'replaced'],
      ['lead', 'approve', 'dev_lead', null],
      ['sre', 'reject', 'sre', 'withdrawn'],
    ]);
    expect(await shownDecision()).toMatchObject({ decision: 'await_approval' });
  });

  it('is taken while gates are unmet and whatever has moved, but not of another stay [PHA-3]', async () => {
    await addVerdict('A', new Date('2026-11-21T09:00:00.000Z'), false);
    const command = await word(sre, { choice: 'reject', comment: 'look at this' });
    await expect(giveApproval({ ...command, rolloutVersion: 9 })).rejects.toMatchObject({
      reason: 'moved_on',
    });
    expect(await giveApproval({ ...command, evidenceHash: 'seen before it broke' })).toMatchObject({
      outcome: 'given',
    });
  });

  it('is not asked for while a kill switch is pressed or a step is being made [PHA-3]', async () => {
    await putRollout({ where: { id: 'autosave' }, data: { state: 'promoting' } });
    await expect(give(sre, { choice: 'reject', comment: 'no' })).rejects.toMatchObject({ reason: 'not_now' });
    await putRollout({
      where: { id: 'autosave' },
      data: { state: 'halted', resumeState: 'running' },
    });
    for (const choice of ['approve', 'reject'] as const)
      await expect(give(sre, { choice, comment: 'why' })).rejects.toMatchObject({ reason: 'killed' });
  });
});
