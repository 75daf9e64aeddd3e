import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { appendPendingAudit, verifyAuditChain } from '#lib/evidence/server.ts';
import {
  closeFlagSource,
  demandRollback,
  enforceDeadlines,
  findRollout,
  listPhaseChanges,
  listRequiredRollbacks,
  proveChanges,
} from '#lib/rollouts/server.ts';
import { climbed, demandInput, later, storeVerdict } from '#scripts/test/climbed-rollout.ts';
import { serveFlagRoutes } from './served.fixture.ts';

// What lib/evidence appends under, the last thing a proof does before it is committed.
const AUDIT_LOCK = 7_417_022;
const ROUNDS = 2;

let served: Awaited<ReturnType<typeof serveFlagRoutes>>;
let url = '';

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  served = await serveFlagRoutes();
});
beforeEach(async () => {
  ({ url } = await climbed());
  process.env.PHASEGATE_URL = served.url;
  forgetEnv();
  await storeVerdict({ required: true });
  const input = await demandInput();
  await inTransaction((tx) => demandRollback(tx, input));
});
afterEach(async () => {
  closeFlagSource();
  Reflect.deleteProperty(globalThis, 'phasegateFlagSource');
  await disconnectDatabase();
});
afterAll(() => served.close());

const DUE = later(900);
const WORK = {
  deadline: `await enforceDeadlines(new Date('${DUE.toISOString()}'));`,
  button: `await rollBack({ rolloutId: 'autosave', fromPhase: 'C', reason: 'a race', trigger: 'button',
    actor: { id: 'user:1', name: 'On-call' }, now: new Date('${DUE.toISOString()}') });`,
  proof: `await proveChanges(new Date('${later(905).toISOString()}'));`,
};

function start(work: keyof typeof WORK): ChildProcess {
  const program = `
    import { enforceDeadlines, proveChanges, rollBack } from '#lib/rollouts/server.ts';
    process.stdin.once('data', async () => {
      ${WORK[work]}
      process.stdout.write('done');
      process.exit(0);
    });
    process.stdout.write('ready');`;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, DATABASE_URL: url, NODE_NO_WARNINGS: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function ready(child: ChildProcess): Promise<ChildProcess> {
  await Promise.race([
    once(child.stdout as NodeJS.ReadableStream, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code}`))),
  ]);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Keeps a lock of PostgreSQL for itself until `release`. */
async function holding(
  statement: string,
): Promise<{ release: () => Promise<void>; waiters: () => Promise<number> }> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement);
  return {
    release: async () => {
      await client.query('ROLLBACK');
      await client.end();
    },
    waiters: async () => {
      const { rows } = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_locks l JOIN pg_database d ON d.oid = l.database
         WHERE NOT l.granted AND d.datname = current_database()`,
      );
      return rows[0]?.count ?? 0;
    },
  };
}

const rollbacks = async () =>
  (await listPhaseChanges('autosave')).filter((change) => change.kind === 'rollback');
const counts = async () => ({
  steps: (await rollbacks()).length,
  receipts: await database().auditEntry.count({
    where: { action: 'rollout.step_proven', subject: 'rollout:autosave' },
  }),
  rolledBack: await database().auditEntry.count({ where: { action: 'rollout.rolled_back' } }),
});

/** What the first minute after a restart does, and the next one, which must change nothing. */
async function restartAndSettle(): Promise<void> {
  for (const second of [960, 1020]) {
    await enforceDeadlines(later(second));
    await proveChanges(later(second));
  }
  // Where the trail was busy for too long while the step was made, its row was queued.
  await appendPendingAudit();
}

async function expectOneStepProven(): Promise<void> {
  expect(await counts()).toEqual({ steps: 1, receipts: 1, rolledBack: 1 });
  expect(await rollbacks()).toMatchObject([{ toPhase: 'B', proof: 'proven' }]);
  expect(await findRollout('autosave')).toMatchObject({ phase: 'B', version: 4, state: 'watching' });
  expect(await listRequiredRollbacks('autosave')).toMatchObject([{ state: 'executed' }]);
  expect(await verifyAuditChain()).toBeNull();
}

describe('a process that is killed with kill -9', () => {
  it.each(['deadline', 'button'] as const)(
    'after the request and before the step (%s): the restart makes one step and proves it [ROL-7]',
    async (work) => {
      await kill(await ready(start(work)));
      expect(await counts()).toEqual({ steps: 0, receipts: 0, rolledBack: 0 });
      await restartAndSettle();
      await expectOneStepProven();
    },
  );

  it.each(['deadline', 'button'] as const)(
    'in the middle of the step (%s): nothing of it is kept, and the restart makes it once [ROL-7]',
    async (work) => {
      const lock = await holding('LOCK TABLE flag_state IN EXCLUSIVE MODE');
      const child = await ready(start(work));
      child.stdin?.write('go');
      await expect.poll(lock.waiters).toBe(1);
      await kill(child);
      await lock.release();
      expect(await findRollout('autosave')).toMatchObject({ phase: 'C', version: 3, state: 'running' });
      expect(await counts()).toEqual({ steps: 0, receipts: 0, rolledBack: 0 });
      await restartAndSettle();
      await expectOneStepProven();
    },
  );

  it('between the step and its proof: it is not shown as done, and the restart proves it once [ROL-4] [ROL-7]', async () => {
    const child = await ready(start('deadline'));
    const done = once(child.stdout as NodeJS.ReadableStream, 'data');
    child.stdin?.write('go');
    await done;
    await kill(child).catch(() => undefined); // it may have ended by itself by now
    expect(await rollbacks()).toMatchObject([{ proof: 'pending', provenAt: null }]);
    expect(await findRollout('autosave')).toMatchObject({ state: 'rolling_back', watchUntil: null });
    await restartAndSettle();
    await expectOneStepProven();
  });

  it('while the proof is being written: it is not shown as done, and the restart proves it once [ROL-4] [ROL-7]', async () => {
    await enforceDeadlines(DUE);
    const lock = await holding(`SELECT pg_advisory_xact_lock(${AUDIT_LOCK}::bigint)`);
    const child = await ready(start('proof'));
    child.stdin?.write('go');
    await expect.poll(lock.waiters).toBe(1);
    await kill(child);
    await lock.release();
    expect(await findRollout('autosave')).toMatchObject({ state: 'rolling_back' });
    expect(await counts()).toMatchObject({ steps: 1, receipts: 0 });
    await restartAndSettle();
    await expectOneStepProven();
  });

  it(`makes one step in each of ${ROUNDS} races of four processes, two of them killed [ROL-7]`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      ({ url } = await climbed());
      await storeVerdict({ required: true });
      const input = await demandInput();
      await inTransaction((tx) => demandRollback(tx, input));
      const children = await Promise.all(
        (['deadline', 'button', 'deadline', 'button'] as const).map((work) => ready(start(work))),
      );
      for (const child of children) child.stdin?.write('go');
      await Promise.all(
        children.map((child, i) => (i < 2 ? kill(child) : once(child, 'exit').then(() => undefined))),
      );
      await restartAndSettle();
      await expectOneStepProven();
    }
  });
});

it('races of four whole processes end in one step, whoever comes first [ROL-7]', async () => {
  const children = await Promise.all(
    (['deadline', 'button', 'deadline', 'button'] as const).map((work) => ready(start(work))),
  );
  const codes = children.map(async (child) => {
    const [code] = await once(child, 'exit');
    return code;
  });
  for (const child of children) child.stdin?.write('go');
  expect(await Promise.all(codes)).toEqual([0, 0, 0, 0]);
  expect(await counts()).toMatchObject({ steps: 1, receipts: 0 });
  await restartAndSettle();
  await expectOneStepProven();
});
