import { spawn } from 'node:child_process';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { giveApproval } from '../approvals/give-approval.run.ts';
import { addPerson, READY_AT, readyRollout, shownDecision } from '../people/ready-rollout.fixture.ts';
import { findRollout, listPhaseChanges } from '../rollout.store.ts';
import { promote } from './promote.run.ts';

let url = '';
beforeAll(async () => {
  url = (await testDatabase()).url;
});
afterAll(disconnectDatabase);

const CHILD = `
  const { promote } = await import('./lib/rollouts/server.ts');
  const command = JSON.parse(process.env.COMMAND);
  await promote({ ...command, now: new Date(command.now) });
`;

/** Where a promotion can be made to stand still: what the test holds while the promotion needs it. */
const POINTS = {
  'before anything is written': 'LOCK TABLE cycle IN ACCESS EXCLUSIVE MODE',
  'after the rollout was moved': 'LOCK TABLE flag_state IN ACCESS EXCLUSIVE MODE',
  'after the flags were set': 'LOCK TABLE phase_change IN SHARE ROW EXCLUSIVE MODE',
  'after the step was recorded': 'LOCK TABLE rollout_approval IN SHARE ROW EXCLUSIVE MODE',
  'before the audit row': 'SELECT pg_advisory_xact_lock(7417022)',
} as const;

it.each(Object.entries(POINTS))(
  'leaves nothing half done when its process is killed %s, and is made once afterwards [PHA-3]',
  async (_, hold) => {
    const sre = await addPerson('sre', ['sre']);
    const lead = await addPerson('lead', ['dev_lead']);
    await readyRollout('A', await addPerson('reviewer', ['reviewer']));
    const { phase, rolloutVersion, policyHash, evidenceHash } = await shownDecision();
    for (const actor of [sre, lead])
      await giveApproval({
        rolloutId: 'autosave',
        choice: 'approve',
        comment: '',
        rolloutVersion,
        policyHash,
        evidenceHash,
        actor,
        trigger: 'button',
        now: READY_AT,
      });
    const command = {
      rolloutId: 'autosave',
      fromPhase: phase,
      expectedVersion: rolloutVersion,
      evidenceHash,
      reason: 'two good days',
      trigger: 'button' as const,
      actor: sre,
      now: READY_AT,
    };
    const before = await database().flagState.findMany({ where: { rolloutId: 'autosave' } });

    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query(hold);
    const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD], {
      env: { ...process.env, COMMAND: JSON.stringify(command) },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await waitsForLock();
    child.kill('SIGKILL');
    await ended;
    await holder.query('ROLLBACK');
    await holder.end();

    await nobodyElse();
    expect(await findRollout('autosave')).toMatchObject({ phase: 'A', version: 1, revision: 1 });
    expect(await database().flagState.findMany({ where: { rolloutId: 'autosave' } })).toEqual(before);
    expect(await listPhaseChanges('autosave')).toHaveLength(1);
    expect(await database().rolloutApproval.count({ where: { endedAt: null } })).toBe(2);

    const audited = await database().auditEntry.count({ where: { action: 'rollout.promoted' } });
    expect(await promote(command)).toMatchObject({ outcome: 'promoted' });
    expect(await promote(command)).toMatchObject({ outcome: 'already_done' });
    expect(await findRollout('autosave')).toMatchObject({ phase: 'B', version: 2 });
    expect(await listPhaseChanges('autosave')).toHaveLength(2);
    expect(await database().auditEntry.count({ where: { action: 'rollout.promoted' } })).toBe(audited + 1);
    expect(await verifyAuditChain()).toBeNull();
  },
);

/** Until the other process waits for what this one holds. */
async function waitsForLock(): Promise<void> {
  for (;;) {
    const [row] = await database().$queryRaw<{ n: bigint }[]>`
      SELECT count(*) AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (Number(row?.n) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Until the server has noticed that the killed process is gone, and undone what it had begun. */
async function nobodyElse(): Promise<void> {
  for (;;) {
    const [row] = await database().$queryRaw<{ n: bigint }[]>`
      SELECT count(*) AS n FROM pg_stat_activity
      WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`;
    if (Number(row?.n) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
