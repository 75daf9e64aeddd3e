import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { enforceDeadlines, ensureRollouts, orderStop } from '../server.ts';
import { KILL_LOCK, killInForce } from './kill-guard.store.ts';

const NOW = new Date('2026-11-21T09:00:00.000Z');
const CLAIMERS = 8;
const kill = {
  kind: 'kill' as const,
  scope: '*',
  reason: 'race',
  confirm: 'STOP',
  trigger: 'cli' as const,
  actor: cliActor('test'),
  now: NOW,
  dryRun: false,
};
const say = (line: string) => process.stdout.write(`${line}\n`);

let url = '';
beforeAll(async () => {
  ({ url } = await testDatabase());
});
afterAll(disconnectDatabase);

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** How a claimer asks whether the switch is armed, and what a press takes first (reliability research, F13). */
const WAYS = {
  'no lock': { ask: ['SELECT armed FROM race_switch'], press: [] },
  'row lock': { ask: ['SELECT armed FROM race_switch FOR SHARE'], press: [] },
  'advisory pair': {
    ask: [`SELECT pg_advisory_xact_lock_shared(${KILL_LOCK})`, 'SELECT armed FROM race_switch'],
    press: [`SELECT pg_advisory_xact_lock(${KILL_LOCK})`],
  },
} as const;
type Way = keyof typeof WAYS;

async function claim(client: Client, way: Way): Promise<'acted' | 'refused'> {
  await client.query('BEGIN');
  let armed = false;
  for (const statement of WAYS[way].ask) armed = (await client.query(statement)).rows[0]?.armed === true;
  if (armed) await client.query('INSERT INTO race_effect DEFAULT VALUES');
  await client.query('COMMIT');
  return armed ? 'acted' : 'refused';
}

async function press(client: Client, way: Way): Promise<void> {
  await client.query('BEGIN');
  for (const statement of WAYS[way].press) await client.query(statement);
  await client.query('UPDATE race_switch SET armed = false');
  await client.query('COMMIT');
}

const effects = async (client: Client) =>
  Number((await client.query('SELECT count(*) AS n FROM race_effect')).rows[0].n);

/** One press against busy claimers: how long it took, and how many effects were committed after it had returned. */
async function round(way: Way): Promise<{ ms: number; late: number }> {
  const [presser, ...claimers] = await Promise.all(Array.from({ length: CLAIMERS + 1 }, connected));
  if (!presser) throw new Error('no connection');
  await presser.query('TRUNCATE race_effect');
  await presser.query('UPDATE race_switch SET armed = true');
  const acting = claimers.map(async (client) => {
    for (let refused = 0; refused < 3; ) if ((await claim(client, way)) === 'refused') refused += 1;
  });
  while ((await effects(presser)) < 50);
  const begun = performance.now();
  await press(presser, way);
  const ms = performance.now() - begun;
  const returned = await effects(presser);
  await Promise.all(acting);
  const late = (await effects(presser)) - returned;
  await Promise.all([presser, ...claimers].map((client) => client.end()));
  return { ms, late };
}

describe('a press against 8 busy claimers', () => {
  beforeAll(async () => {
    const client = await connected();
    await client.query('CREATE TABLE race_effect (id BIGSERIAL)');
    await client.query('CREATE TABLE race_switch (armed BOOLEAN); INSERT INTO race_switch VALUES (true)');
    await client.end();
  });

  it('lets nothing through after it has returned with the advisory pair; the other ways are shown beside it [OPS-7]', async () => {
    for (const way of ['no lock', 'row lock', 'advisory pair'] as const) {
      const rounds: { ms: number; late: number }[] = [];
      for (let n = 0; n < 5; n += 1) rounds.push(await round(way));
      const sorted = rounds.map(({ ms }) => ms).toSorted((a, b) => a - b);
      const late = rounds.reduce((sum, one) => sum + one.late, 0);
      say(
        `kill switch, ${way}: press ${sorted[2]?.toFixed(0)} ms median, ${sorted[4]?.toFixed(0)} ms worst, ${late} late effects`,
      );
      if (way === 'advisory pair') expect(late).toBe(0);
    }
  });

  it('is outrun without a lock by an action that has looked and not committed yet [OPS-7]', async () => {
    const [actor, presser] = await Promise.all([connected(), connected()]);
    await presser.query('TRUNCATE race_effect');
    await presser.query('UPDATE race_switch SET armed = true');
    await actor.query('BEGIN');
    expect((await actor.query(WAYS['no lock'].ask[0])).rows[0].armed).toBe(true);
    await press(presser, 'no lock');
    await actor.query('INSERT INTO race_effect DEFAULT VALUES');
    await actor.query('COMMIT');
    expect(await effects(presser)).toBe(1);
    await Promise.all([actor.end(), presser.end()]);
  });
});

describe('a press against 8 workers that step rollouts back at their deadlines', () => {
  const steps = () => database().phaseChange.count({ where: { kind: 'rollback' } });

  /** Puts the rollout where a deadline that has passed asks for a step back; people could do so at any time. */
  async function demandAgain(): Promise<void> {
    await inTransaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM rollout WHERE id = 'autosave' FOR UPDATE`;
      if ((await tx.rollbackRequest.count({ where: { state: 'open' } })) > 0) return;
      // Past the trigger: the machine leads nowhere from behind a step back to the front of it.
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      const { version } = await tx.rollout.update({
        where: { id: 'autosave' },
        data: { phase: 'C', version: { increment: 1 }, revision: { increment: 1 } },
      });
      await tx.rollbackRequest.create({
        data: {
          rolloutId: 'autosave',
          phase: 'C',
          rolloutVersion: version,
          toPhase: 'B',
          cause: 'verdict',
          mode: 'on_call',
          evidence: {},
          policyHash: 'p',
          openedAt: NOW,
          dueAt: NOW,
          lastSeenAt: NOW,
        },
      });
    });
  }

  it('has no effect after it has returned, and held deadlines stay open [OPS-7] [ROL-3]', async () => {
    await ensureRollouts(NOW, {
      autosave: [{ phase: 'C', kind: 'start', at: NOW, reason: 'test' }],
    });
    await orderStop({ ...kill, dryRun: true }); // the guard keeps these connections in use
    let stopped = false;
    let looksAfterPress = 0;
    const feeder = (async () => {
      while (!stopped) await demandAgain();
    })();
    const workers = Array.from({ length: CLAIMERS }, async () => {
      while (looksAfterPress < CLAIMERS * 3) {
        await enforceDeadlines(new Date(NOW.getTime() + 60_000));
        if (stopped) looksAfterPress += 1;
      }
    });
    while ((await steps()) < 10);
    const begun = performance.now();
    expect(await orderStop(kill)).toMatchObject({ outcome: 'ordered' });
    const ms = performance.now() - begun;
    const returned = await steps();
    await demandAgain();
    stopped = true;
    await Promise.all([feeder, ...workers]);
    say(
      `kill switch, deadlines: press ${ms.toFixed(0)} ms, ${(await steps()) - returned} late steps of ${returned}`,
    );
    expect(await steps()).toBe(returned);
    expect(await database().rollbackRequest.count({ where: { state: 'open' } })).toBe(1);
  });
});

describe('an action that holds the lock and does not end', () => {
  it('is ended by the press and undone, and its process goes on [OPS-7]', async () => {
    await database().stopOrder.deleteMany();
    const looked = Promise.withResolvers<void>();
    const pressed = Promise.withResolvers<void>();
    const hanging = inTransaction(async (tx) => {
      await killInForce(tx, 'autosave');
      await tx.policyVersion.create({
        data: { hash: 'hung', policyYaml: '', eventsYaml: '', appliedBy: 'test' },
      });
      looked.resolve();
      await pressed.promise;
      await tx.policyVersion.count();
    });
    const refused = expect(hanging).rejects.toThrow();
    await looked.promise;
    expect(await orderStop(kill)).toMatchObject({ outcome: 'ordered' });
    pressed.resolve();
    await refused;
    expect(await database().policyVersion.count({ where: { hash: 'hung' } })).toBe(0);
  });
});

describe('a process whose connections are all taken by work that hangs', () => {
  it('presses all the same [OPS-7]', async () => {
    await database().stopOrder.deleteMany();
    const pressed = Promise.withResolvers<void>();
    const begun: Promise<void>[] = [];
    const hanging = Array.from({ length: 10 }, () => {
      const has = Promise.withResolvers<void>();
      begun.push(has.promise);
      return inTransaction(async (tx) => {
        await tx.policyVersion.count();
        has.resolve();
        await pressed.promise;
      });
    });
    await Promise.all(begun);
    expect(await orderStop(kill)).toMatchObject({ outcome: 'ordered' });
    pressed.resolve();
    await Promise.all(hanging);
  });
});
