import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { climbed, later, NOW } from '#scripts/test/climbed-rollout.ts';
import { putRollout, testDatabase } from '#scripts/test/database.ts';
import { ensureRollouts, findRollout, listPhaseChanges, restartRollout, startRollout } from './server.ts';

const CANARY = later(86_400);
afterAll(disconnectDatabase);

async function person(...roles: string[]): Promise<{ id: string; name: string }> {
  const name = roles.join(' ');
  const { id } = await database().user.create({
    data: {
      email: `${name.replaceAll(' ', '.')}@example.org`,
      name,
      roles: { create: roles.map((role) => ({ role, grantedBy: 'test' })) },
    },
  });
  return { id, name };
}

const command = (actor: { id: string; name: string }, now: Date) => ({
  rolloutId: 'autosave',
  reason: 'as planned',
  trigger: 'button' as const,
  actor,
  now,
});
const served = async () =>
  (await database().flagState.findMany({ where: { rolloutId: 'autosave' } })).map(
    ({ phase, value, exposureRatio }) => [phase, value, exposureRatio],
  );

describe('starting a prepared rollout', () => {
  beforeEach(async () => {
    await testDatabase();
    await ensureRollouts(NOW);
  });

  it('turns its first phase on, once however often it is pressed, and leaves it to be proven [PHA-1]', async () => {
    const sre = await person('sre');
    expect(await served()).toEqual([['A', false, 0.05]]);
    expect(await startRollout({ ...command(sre, later(60)), dryRun: true })).toMatchObject({
      outcome: 'would_start',
      to: 'A',
      flagsBefore: { 'autosave.enabled': { value: false } },
      flagsAfter: { 'autosave.enabled': { value: true } },
    });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => startRollout(command(sre, later(60)))),
    );
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array<string>(9).fill('already_done'),
      'started',
    ]);
    expect(await findRollout('autosave')).toMatchObject({ state: 'running', phase: 'A', version: 2 });
    expect(await served()).toEqual([['A', true, 0.05]]);
    expect(await listPhaseChanges('autosave')).toMatchObject([
      { kind: 'start', fromPhase: null, toPhase: 'A', actorName: 'sre', proof: 'pending' },
    ]);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('needs a role that may promote out of its first phase [PHA-3]', async () => {
    const governance = await person('governance');
    await expect(startRollout(command(governance, NOW))).rejects.toMatchObject({ reason: 'role_missing' });
    const viewer = await person('viewer');
    await expect(startRollout(command(viewer, NOW))).rejects.toMatchObject({ reason: 'permission_missing' });
    expect(await findRollout('autosave')).toMatchObject({ state: 'preparing' });
  });
});

describe('restarting after a rollback', () => {
  beforeEach(async () => {
    await climbed();
    await putRollout({
      where: { id: 'autosave' },
      data: { state: 'awaiting_canary', nextCanaryAt: CANARY },
    });
  });

  it('begins again from the canary phase, from the canary date on and not before [ROL-5] [PHA-5]', async () => {
    const sre = await person('sre');
    const early = { ...command(sre, new Date(CANARY.getTime() - 1000)) };
    await expect(restartRollout(early)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'too_early' });
    expect(await restartRollout(command(sre, CANARY))).toMatchObject({
      outcome: 'restarted',
      change: { kind: 'restart', fromPhase: 'C', toPhase: 'A' },
    });
    expect(await findRollout('autosave')).toMatchObject({
      state: 'running',
      phase: 'A',
      version: 4,
      nextCanaryAt: null,
      phaseEnteredAt: CANARY.toISOString(),
    });
    expect(await served()).toEqual([['A', true, 0.05]]);
    expect(await restartRollout(command(sre, CANARY))).toMatchObject({ outcome: 'already_done' });
  });

  it.each([
    ['kill', 'killed'],
    ['freeze', 'frozen'],
  ])('is held by a %s [ROL-5]', async (kind, reason) => {
    const sre = await person('sre');
    await database().stopOrder.create({
      data: {
        kind,
        scope: 'autosave',
        reason: 'stop',
        trigger: 'button',
        personId: 'p',
        personName: 'P',
        orderedAt: NOW,
      },
    });
    await expect(restartRollout(command(sre, CANARY))).rejects.toMatchObject({ reason });
  });

  it('is held by a review that is not signed, and by a rollback that is required [ROL-5]', async () => {
    const sre = await person('sre');
    const review = await database().review.create({
      data: {
        rolloutId: 'autosave',
        kind: 'rollback',
        subject: 'phase_change:x',
        reason: 'break glass',
        openedById: 'p',
        openedByName: 'P',
        openedAt: NOW,
        needed: 2,
      },
    });
    await expect(restartRollout(command(sre, CANARY))).rejects.toMatchObject({ reason: 'reviews_unsigned' });
    await database().review.delete({ where: { id: review.id } });
    await database().rollbackRequest.create({
      data: {
        rolloutId: 'autosave',
        phase: 'C',
        rolloutVersion: 3,
        cause: 'verdict',
        mode: 'on_call',
        evidence: {},
        policyHash: 'p',
        openedAt: NOW,
        lastSeenAt: NOW,
      },
    });
    await expect(restartRollout(command(sre, CANARY))).rejects.toMatchObject({ reason: 'rollback_pending' });
    expect(await listPhaseChanges('autosave')).toHaveLength(3);
  });
});
