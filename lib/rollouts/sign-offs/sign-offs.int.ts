import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
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
import { listSignOffs } from './sign-off.store.ts';
import { type SignPanelCommand, signPanel, withdrawSignOff } from './sign-panel.run.ts';

let reviewer: Person;
let other: Person;
let governance: Person;
let sre: Person;

beforeAll(async () => {
  await testDatabase();
  reviewer = await addPerson('reviewer', ['reviewer']);
  other = await addPerson('other', ['reviewer']);
  governance = await addPerson('governance', ['governance']);
  sre = await addPerson('sre', ['sre']);
});
afterAll(disconnectDatabase);
beforeEach(async () => readyRollout('B'));

async function signature(person: Person, change: Partial<SignPanelCommand> = {}): Promise<SignPanelCommand> {
  const { rolloutVersion, policyHash, phase } = await shownDecision();
  const newest = await database().verdict.findFirst({ where: { phase }, orderBy: { windowStart: 'desc' } });
  return {
    rolloutId: 'autosave',
    panel: 'autosave',
    comment: 'lines and limits checked',
    rolloutVersion,
    policyHash,
    verdictId: newest?.id ?? null,
    actor: person,
    trigger: 'button',
    now: READY_AT,
    ...change,
  };
}
const gates = async () =>
  (await shownDecision()).gates
    .filter(({ kind }) => kind === 'signed_off')
    .map(({ id, state }) => [id, state]);

describe('a signature under a panel', () => {
  it('is not taken while the incident log and reports/alerts differ, where the policy asks for that [DASH-2] [REP-5]', async () => {
    const { id } = await database().incident.create({
      data: {
        rolloutId: 'autosave',
        phase: 'B',
        cause: 'slo_violation',
        severity: 'minor',
        openedAt: READY_AT,
        closedAt: READY_AT,
        state: 'closed',
      },
    });
    await database().message.create({
      data: {
        dedupKey: 'alert-of-the-test',
        kind: 'autosave-incident',
        level: 'critical',
        rolloutId: 'autosave',
        phase: 'B',
        incidentId: id,
        values: {},
      },
    });
    const restore = () => signature(reviewer, { panel: 'restore' });
    await expect(signPanel(await restore())).rejects.toMatchObject({ reason: 'record_differs' });
    expect(await signPanel(await signature(reviewer))).toMatchObject({ outcome: 'signed' });
    await database().reportFile.create({
      data: {
        path: 'reports/alerts/of-the-test.md',
        kind: 'alert',
        content: 'x',
        sha256: 'x',
        incidentId: id,
        rolloutId: 'autosave',
        createdAt: READY_AT,
        updatedAt: READY_AT,
      },
    });
    expect(await signPanel(await restore())).toMatchObject({ outcome: 'signed' });
    await database().reportFile.deleteMany({ where: { incidentId: id } });
    await database().message.deleteMany({ where: { incidentId: id } });
    await database().incident.deleteMany({ where: { id } });
  });

  it('meets the gate of that panel only, with what the panel showed on record [DASH-1] [DASH-2]', async () => {
    const command = await signature(reviewer, { link: 'https://pagerduty.example/timeline' });
    expect(await signPanel(command)).toMatchObject({
      outcome: 'signed',
      signOff: {
        panel: 'autosave',
        role: 'reviewer',
        verdictId: command.verdictId,
        link: 'https://pagerduty.example/timeline',
        personId: reviewer.id,
      },
    });
    expect(await gates()).toEqual([
      ['signed_off:autosave', 'met'],
      ['signed_off:restore', 'unmet'],
    ]);
    await signPanel(await signature(reviewer, { panel: 'restore' }));
    expect(await shownDecision()).toMatchObject({ decision: 'await_approval' });
    expect(await database().auditEntry.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
      action: 'panel.signed_off',
      actorId: reviewer.id,
    });
  });

  it('is one per person and panel, and may be taken back by whoever gave it [DASH-1]', async () => {
    const command = await signature(reviewer);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => insistently(() => signPanel(command))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'signed')).toHaveLength(1);
    const signOffs = await listSignOffs({ id: 'autosave', version: 2 });
    expect(signOffs).toHaveLength(1);
    const back = {
      rolloutId: 'autosave',
      signOffId: signOffs[0]?.id ?? '',
      trigger: 'button' as const,
      now: READY_AT,
    };
    await expect(withdrawSignOff({ ...back, actor: other })).rejects.toMatchObject({ reason: 'not_yours' });
    expect(await withdrawSignOff({ ...back, actor: reviewer })).toMatchObject({ outcome: 'withdrawn' });
    expect(await withdrawSignOff({ ...back, actor: reviewer })).toMatchObject({ outcome: 'already_ended' });
    expect((await gates())[0]).toEqual(['signed_off:autosave', 'unmet']);
    expect(await signPanel(command)).toMatchObject({ outcome: 'signed' });
  });

  it('is by the role the gate names: governance under the SLO panel, with the minutes [DASH-4]', async () => {
    await readyRollout('C');
    await expect(signPanel(await signature(reviewer, { panel: 'slo' }))).rejects.toMatchObject({
      code: 'FORBIDDEN',
      reason: 'role_missing',
    });
    await expect(signPanel(await signature(governance, { panel: 'merge' }))).rejects.toMatchObject({
      code: 'UNPROCESSABLE',
      reason: 'panel_not_asked',
    });
    expect(
      await signPanel(await signature(governance, { panel: 'slo', link: 'https://minutes.example/3' })),
    ).toMatchObject({
      outcome: 'signed',
      signOff: { role: 'governance', link: 'https://minutes.example/3' },
    });
    expect(await gates()).toEqual([['signed_off:slo', 'met']]);
  });

  it('is bound to the phase, the policy and a verdict of this stay [DASH-1] [DASH-3]', async () => {
    const command = await signature(reviewer);
    await expect(signPanel({ ...command, rolloutVersion: 9 })).rejects.toMatchObject({ reason: 'moved_on' });
    await expect(signPanel({ ...command, policyHash: 'other' })).rejects.toMatchObject({
      reason: 'policy_changed',
    });
    const elsewhere = await addVerdict('A', new Date('2026-11-01T09:00:00.000Z'), true);
    for (const verdictId of [null, elsewhere, crypto.randomUUID()])
      await expect(signPanel({ ...command, verdictId })).rejects.toMatchObject({
        reason: 'verdict_not_shown',
      });
    expect(await signPanel({ ...command, dryRun: true })).toEqual({
      outcome: 'would_sign',
      panel: 'autosave',
      role: 'reviewer',
    });
    expect(await gates()).toContainEqual(['signed_off:autosave', 'unmet']);
  });

  it('counts only while its giver is active and holds the role it was given in [PHA-3] [DASH-1]', async () => {
    const gone = await addPerson('gone', ['reviewer']);
    await signPanel(await signature(gone));
    expect((await gates())[0]).toEqual(['signed_off:autosave', 'met']);
    const { evidenceHash } = await shownDecision();
    await database().userRole.deleteMany({ where: { userId: gone.id } });
    expect((await gates())[0]).toEqual(['signed_off:autosave', 'unmet']);
    // What approvers were shown is not so any more.
    expect((await shownDecision()).evidenceHash).not.toBe(evidenceHash);
    await database().userRole.create({ data: { userId: gone.id, role: 'reviewer', grantedBy: 'test' } });
    expect((await gates())[0]).toEqual(['signed_off:autosave', 'met']);
    await database().user.update({ where: { id: gone.id }, data: { disabledAt: READY_AT } });
    expect((await gates())[0]).toEqual(['signed_off:autosave', 'unmet']);
    expect(await signPanel(await signature(reviewer))).toMatchObject({ outcome: 'signed' });
    expect((await gates())[0]).toEqual(['signed_off:autosave', 'met']);
  });

  it('is void under another policy and may be given anew; it ends with the phase [DASH-1]', async () => {
    await signPanel(await signature(reviewer));
    await database().panelSignOff.updateMany({ data: { policyHash: 'the one before' } });
    expect((await gates())[0]).toEqual(['signed_off:autosave', 'unmet']);
    expect(await signPanel(await signature(reviewer))).toMatchObject({ outcome: 'signed' });
    await rollBack({
      rolloutId: 'autosave',
      fromPhase: 'B',
      reason: 'it broke',
      trigger: 'button',
      actor: sre,
      now: READY_AT,
    });
    expect((await listSignOffs({ id: 'autosave', version: 2 })).map(({ endReason }) => endReason)).toEqual([
      'policy_changed',
      'phase_left',
    ]);
    await expect(signPanel(await signature(reviewer, { verdictId: null }))).rejects.toMatchObject({
      reason: 'not_now',
    });
  });
});
