import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '#scripts/test/database.ts';
import { losing } from '#scripts/test/losing.ts';
import { run } from '#scripts/test/mission.ts';
import { PrismaClient } from './generated/client.ts';
import { GuardedPrismaPg } from './guarded-adapter.client.ts';
import {
  applyMigrations,
  database,
  disconnectDatabase,
  explainTrouble,
  inTransaction,
  Prisma,
} from './server.ts';
import { socketsGivenUpAfter } from './watched-socket.client.ts';

let url = '';
beforeAll(async () => {
  ({ url } = await testDatabase());
});
afterAll(disconnectDatabase);

describe('the schema', () => {
  it('is the same in schema.prisma and in the migrations', async () => {
    const client = database();
    const models = Object.values(Prisma.ModelName).map(
      (name) => name.charAt(0).toLowerCase() + name.slice(1),
    );
    expect(models.length).toBeGreaterThan(20);
    for (const model of models) {
      const delegate = client[model as 'policyVersion'];
      await expect(delegate.findFirst(), model).resolves.toBeNull();
    }
  });

  it('has every index and constraint that schema.prisma names', async () => {
    const named = [...readFileSync('prisma/schema.prisma', 'utf8').matchAll(/map: "(\w+)"\)/g)].map(
      (m) => m[1],
    );
    const rows = await database().$queryRaw<
      { name: string }[]
    >`SELECT indexname::text AS name FROM pg_indexes WHERE schemaname = 'public'
      UNION SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace`;
    const present = new Set(rows.map((row) => row.name));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => name !== undefined && !present.has(name))).toEqual([]);
  });

  it('is not migrated twice', async () => {
    expect(await applyMigrations(url)).toEqual([]);
  });
});

/** Holds the second INSERT until the transaction has run out of time and was rolled back, as a busy database would. */
function slow(adapter: PrismaPg): PrismaPg {
  const connect = adapter.connect.bind(adapter);
  return Object.assign(adapter, {
    connect: async () => {
      const connected = await connect();
      const startTransaction = connected.startTransaction.bind(connected);
      return Object.assign(connected, {
        startTransaction: async (...args: Parameters<typeof startTransaction>) => {
          const transaction = await startTransaction(...args);
          const ranOut = Promise.withResolvers<void>();
          const rollback = transaction.rollback.bind(transaction);
          Object.assign(transaction, { rollback: () => rollback().finally(ranOut.resolve) });
          for (const method of ['queryRaw', 'executeRaw'] as const) {
            const send = transaction[method].bind(transaction) as (query: {
              sql: string;
              args: unknown[];
            }) => Promise<unknown>;
            Object.assign(transaction, {
              [method]: async (query: { sql: string; args: unknown[] }) => {
                if (query.args.includes('second')) await ranOut.promise;
                return send(query);
              },
            });
          }
          return transaction;
        },
      });
    },
  });
}

const row = (hash: string) => ({ hash, policyYaml: '', eventsYaml: '', appliedBy: 'test' });

describe('a transaction that ran out of time', () => {
  /** What it leaves behind of two rows. */
  async function left(adapter: PrismaPg): Promise<string[]> {
    const client = new PrismaClient({ adapter: slow(adapter) });
    const written = client.$transaction(
      async (tx) => {
        await tx.policyVersion.create({ data: row('first') });
        await tx.policyVersion.create({ data: row('second') });
      },
      { timeout: 3000 }, // enough for the first also on a busy machine
    );
    await expect(written).rejects.toThrow(); // when the second has arrived, too
    const found = await client.policyVersion.findMany({ select: { hash: true } });
    await client.policyVersion.deleteMany();
    await client.$disconnect();
    return found.map((version) => version.hash);
  }

  it('leaves nothing behind through the guard (architecture decision 15)', async () => {
    expect(await left(new GuardedPrismaPg({ connectionString: url }))).toEqual([]);
  });

  it('leaves the later row behind without the guard: the day this fails, the guard may go', async () => {
    expect(await left(new PrismaPg({ connectionString: url }))).toEqual(['second']);
  });
});

describe('a process that is frozen in the middle of a transaction', () => {
  const LOCK = 4_242;
  /** Takes the lock in a transaction, says so, and ends the transaction when it is told to. */
  const holder = `
    import { inTransaction, disconnectDatabase } from '#lib/database/server.ts';
    const told = new Promise((resolve) => process.stdin.once('data', resolve));
    const work = async (tx) => {
      await tx.$queryRaw\`SELECT pg_advisory_xact_lock(${LOCK})::text\`;
      process.stdout.write('held ');
      await told;
    };
    await inTransaction(work, { timeoutMs: 600_000 }).then(
      () => process.stdout.write('committed'),
      () => process.stdout.write('refused'),
    );
    await disconnectDatabase();
    process.stdin.destroy();`;

  it('does not keep its locks, and cannot commit when it wakes [OPS-18] [ROL-7]', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', holder], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    try {
      await expect.poll(() => said).toBe('held ');
      child.kill('SIGSTOP');
      await inTransaction((tx) => tx.$queryRaw`SELECT pg_advisory_xact_lock(${LOCK}::bigint)::text`);
      child.kill('SIGCONT');
      child.stdin.write('go on');
      await ended;
      expect(said).toBe('held refused');
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });
});

describe('a lock that is not given', () => {
  it('makes whoever waits for it fail, not wait for ever', async () => {
    const other = new Client({ connectionString: url });
    await other.connect();
    try {
      await other.query('SELECT pg_advisory_lock(4343)');
      const waiting = inTransaction((tx) => tx.$queryRaw`SELECT pg_advisory_xact_lock(4343::bigint)::text`);
      const refusal = await waiting.catch(explainTrouble);
      expect(refusal).toMatchObject({ code: 'UNAVAILABLE', reason: 'database_busy', retryAfterSeconds: 5 });
    } finally {
      await other.end();
    }
  });
});

describe('a database whose host has vanished', () => {
  it('is given up, so that its pool works again as soon as it is back', async () => {
    const lost = await losing(url);
    const adapter = new GuardedPrismaPg({
      connectionString: lost.url,
      max: 1,
      stream: socketsGivenUpAfter(300),
    });
    const client = new PrismaClient({ adapter });
    try {
      expect(await client.user.count()).toBe(0);
      lost.swallow();
      const alone = await client.user.count().catch(explainTrouble);
      expect(alone).toMatchObject({ reason: 'database_unreachable' });
      // Whatever was opened before is dead; what is opened now gets through.
      expect(await client.user.count()).toBe(0);
      const inside = await client
        .$transaction(async (tx) => {
          await tx.user.count();
          lost.swallow();
          return tx.user.count();
        })
        .catch(explainTrouble);
      expect(inside).toMatchObject({ reason: 'database_unreachable' });
      expect(await client.user.count()).toBe(0);
    } finally {
      await client.$disconnect();
      await lost.close();
    }
  });
});

describe('what whoever asked is told', () => {
  const told = async (client: PrismaClient) => {
    try {
      return explainTrouble(await client.user.count().catch((error: unknown) => error));
    } finally {
      await client.$disconnect();
    }
  };

  it('is that the database cannot be reached, where nobody listens', async () => {
    const nowhere = new URL(url);
    nowhere.port = '1';
    const client = new PrismaClient({ adapter: new GuardedPrismaPg({ connectionString: nowhere.href }) });
    expect(await told(client)).toMatchObject({ code: 'UNAVAILABLE', reason: 'database_unreachable' });
  });

  it('is that it cannot be reached, where the line broke in the middle', async () => {
    const broken = inTransaction(async (tx) => {
      const [mine] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      await database().$queryRaw`SELECT pg_terminate_backend(${mine?.pid}::int)`;
      return tx.user.count();
    });
    expect(await broken.catch(explainTrouble)).toMatchObject({ reason: 'database_unreachable' });
  });

  it('is that it is busy, where a transaction ran out of time', async () => {
    const late = inTransaction(
      async (tx) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        return tx.user.count();
      },
      { timeoutMs: 20 },
    );
    expect(await late.catch(explainTrouble)).toMatchObject({ reason: 'database_busy' });
  });

  it('is nothing of a mistake of ours', async () => {
    const mistake = await database().$queryRaw`SELECT * FROM no_such_table`.catch((error: unknown) => error);
    expect(explainTrouble(mistake)).toBe(mistake);
    expect(explainTrouble('word')).toBe('word');
  });
});

describe('relations that Prisma reads side by side in one transaction', () => {
  /** What a process of its own is warned of: it is said once in each process. */
  const warnedOf = async (adapter: 'GuardedPrismaPg' | 'PrismaPg') => {
    const program = `
      import { PrismaPg } from '@prisma/adapter-pg';
      import { PrismaClient } from '#lib/database/generated/client.ts';
      import { GuardedPrismaPg } from '#lib/database/guarded-adapter.client.ts';
      const client = new PrismaClient({ adapter: new ${adapter}({ connectionString: process.env.DATABASE_URL }) });
      const [user] = await client.$transaction(async (tx) => {
        await tx.user.create({ data: { email: '${adapter}@example.org', name: 'Sato' } });
        return tx.user.findMany({ include: { roles: true, accounts: true, sessions: true } });
      });
      process.stdout.write(user.name);
      await client.$disconnect();`;
    const env = { DATABASE_URL: url, NODE_NO_WARNINGS: '0' };
    const { code, out, err } = await run('--input-type=module', ['--eval', program], env);
    expect({ code, out }).toEqual({ code: 0, out: 'Sato' });
    return err;
  };

  it('wait for each other through the guard', async () => {
    expect(await warnedOf('GuardedPrismaPg')).not.toContain('already executing a query');
  });

  it('overlap without the guard: the day this fails, Prisma lets them wait itself', async () => {
    expect(await warnedOf('PrismaPg')).toContain('already executing a query');
  });
});
