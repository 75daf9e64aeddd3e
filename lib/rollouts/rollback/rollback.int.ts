import { spawn } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { emptyTables, putRollout, testDatabase } from '#scripts/test/database.ts';
import { ensureRollouts, findRollout, listPhaseChanges, rollBack } from '../server.ts';

const NOW = new Date('2026-11-21T09:00:00.000Z');
const ON_CALL = { id: 'user:1', name: 'On-call' };
const HISTORY = {
  autosave: (['A', 'B', 'C'] as const).map((phase, i) => ({
    phase,
    kind: i === 0 ? ('start' as const) : ('promotion' as const),
    at: new Date(NOW.getTime() - (3 - i) * 86_400_000),
    reason: 'test history',
  })),
};
const command = {
  rolloutId: 'autosave',
  fromPhase: 'C',
  reason: 'saves are slow',
  trigger: 'button' as const,
  actor: ON_CALL,
  now: NOW,
};

beforeAll(async () => {
  await testDatabase();
});
afterAll(disconnectDatabase);

async function startAfresh(): Promise<void> {
  await database().$executeRawUnsafe('ALTER TABLE phase_change DISABLE TRIGGER USER');
  await database().$executeRawUnsafe('DELETE FROM phase_change');
  await database().$executeRawUnsafe('ALTER TABLE phase_change ENABLE TRIGGER USER');
  await database().flagState.deleteMany();
  await database().review.deleteMany();
  await database().rollout.deleteMany();
  await ensureRollouts(NOW, HISTORY);
}
beforeEach(startAfresh);

const served = async () =>
  (await database().flagState.findMany({ where: { rolloutId: 'autosave' } })).map((flag) => [
    flag.flagKey,
    flag.phase,
    flag.exposureRatio,
  ]);

describe('the first start', () => {
  it('prepares every rollout once however many processes start, and runs what asks for the defaults only [PHA-1]', async () => {
    await emptyTables('phase_change', 'flag_state', 'rollout');
    await Promise.all(Array.from({ length: 8 }, () => ensureRollouts(NOW)));
    expect(
      (await database().rollout.findMany({ orderBy: { id: 'asc' } })).map((r) => [
        r.id,
        r.phase,
        r.state,
        r.version,
      ]),
    ).toEqual([
      ['autosave', 'A', 'preparing', 1],
      ['autosave-merge', 'A-0', 'running', 1],
    ]);
    expect(await listPhaseChanges('autosave')).toHaveLength(0);
    expect(await listPhaseChanges('autosave-merge')).toHaveLength(1);
    const served = await database().flagState.findMany({ where: { rolloutId: 'autosave' } });
    expect(served.map(({ flagKey, value }) => [flagKey, value])).toEqual([['autosave.enabled', false]]);
  });
});

describe('rolling back', () => {
  it('moves phase and flags together, records who and why, and audits it [ROL-1] [PHA-3]', async () => {
    const outcome = await rollBack(command);
    expect(outcome).toMatchObject({
      outcome: 'rolled_back',
      change: { fromPhase: 'C', toPhase: 'B', actorName: 'On-call', reason: 'saves are slow' },
    });
    expect(await findRollout('autosave')).toMatchObject({ phase: 'B', version: 4 });
    expect(await served()).toEqual([['autosave.enabled', 'B', 0.3]]);
    const audited = await database().auditEntry.findMany({ orderBy: { seq: 'desc' }, take: 2 });
    expect(audited.map(({ action, actorName }) => [action, actorName])).toEqual([
      ['review.opened', 'On-call'],
      ['rollout.rolled_back', 'On-call'],
    ]);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('changes nothing on a dry run and says what it would do [ROL-8]', async () => {
    expect(await rollBack({ ...command, dryRun: true })).toMatchObject({
      outcome: 'would_roll_back',
      from: 'C',
      to: 'B',
    });
    expect(await findRollout('autosave')).toMatchObject({ phase: 'C', version: 3 });
    expect(await listPhaseChanges('autosave')).toHaveLength(3);
  });

  it('is refused before the rollout was started [ROL-1]', async () => {
    await putRollout({ where: { id: 'autosave' }, data: { state: 'preparing' } });
    await expect(rollBack(command)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'not_started' });
  });

  it('without a requirement breaks the glass and owes a review of two others [ROL-3]', async () => {
    const outcome = await rollBack(command);
    expect(outcome).toMatchObject({ change: { breakGlass: true, proof: 'pending' } });
    expect(await database().review.findMany()).toMatchObject([
      { kind: 'rollback', rolloutId: 'autosave', needed: 2, openedById: 'user:1' },
    ]);
    expect(await findRollout('autosave')).toMatchObject({ state: 'rolling_back' });
  });

  it('works behind a pressed kill switch, and the rollout stays halted [ROL-1]', async () => {
    await putRollout({
      where: { id: 'autosave' },
      data: { state: 'halted', resumeState: 'running' },
    });
    expect(await rollBack(command)).toMatchObject({ outcome: 'rolled_back' });
    expect(await findRollout('autosave')).toMatchObject({
      phase: 'B',
      state: 'halted',
      resumeState: 'rolling_back',
    });
  });

  it('refuses where nothing is behind, and leaves everything as it was [ROL-1]', async () => {
    await rollBack(command);
    await rollBack({ ...command, fromPhase: 'B' });
    await expect(rollBack({ ...command, fromPhase: 'A' })).rejects.toMatchObject({
      code: 'CONFLICT',
      reason: 'nothing_behind',
    });
    expect(await findRollout('autosave')).toMatchObject({ phase: 'A', version: 5 });
  });

  it('is one step when forty callers ask at the same instant [ROL-7]', async () => {
    for (let round = 0; round < 5; round++) {
      await startAfresh();
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          rollBack({ ...command, trigger: i % 2 ? 'button' : 'api', expectedVersion: 3 }),
        ),
      );
      const tally = outcomes.map((outcome) => outcome.outcome).sort();
      expect(tally.filter((outcome) => outcome === 'rolled_back')).toHaveLength(1);
      expect(tally.filter((outcome) => outcome === 'already_done')).toHaveLength(39);
      expect(await findRollout('autosave')).toMatchObject({ phase: 'B', version: 4 });
    }
    expect(await verifyAuditChain()).toBeNull();
  });

  it('is one step when four processes race by button, API and both commands [ROL-2] [ROL-7]', async () => {
    const runs = await Promise.all([
      run('scripts/flags-rollback.ts', '--phase', 'B', '--reason', 'race'),
      run('scripts/phasegate.ts', 'rollback', '--target=autosave', '--phase=C', '--reason=race'),
      run('scripts/phasegate.ts', 'rollback', '--target=autosave', '--phase=C', '--reason=race'),
      run('scripts/flags-rollback.ts', '--phase', 'B', '--rollout', 'autosave'),
    ]);
    expect(
      runs.map((r) => r.code),
      JSON.stringify(runs),
    ).toEqual([0, 0, 0, 0]);
    const outcomes = runs.map((r) => (JSON.parse(r.stdout) as { outcome: string }).outcome).sort();
    expect(outcomes).toEqual(['already_done', 'already_done', 'already_done', 'rolled_back']);
    expect(await findRollout('autosave')).toMatchObject({ phase: 'B', version: 4 });
    expect((await listPhaseChanges('autosave')).filter((change) => change.kind === 'rollback')).toHaveLength(
      1,
    );
  });

  it('exits with a code and one line, never a stack trace, on bad input or conflict [ROL-2]', async () => {
    const runs = await Promise.all([
      run('scripts/flags-rollback.ts'),
      run('scripts/flags-rollback.ts', '--phase', 'X-9'),
      run('scripts/phasegate.ts', 'rollback', '--target=autosave', '--phase=A', '--reason=stale'),
      run('scripts/phasegate.ts', 'rollback', '--target=nothing', '--phase=A', '--reason=stale'),
    ]);
    expect(runs.map((r) => r.code)).toEqual([2, 2, 4, 2]);
    for (const { stdout, stderr } of runs) {
      // `phasegate` says also as JSON why not.
      if (stdout !== '') expect(JSON.parse(stdout)).toMatchObject({ outcome: 'refused' });
      expect(stderr.trim()).not.toBe('');
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(await findRollout('autosave')).toMatchObject({ phase: 'C', version: 3 });
  });
});

function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: process.env });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}
