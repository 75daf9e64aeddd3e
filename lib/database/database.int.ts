import { readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '#scripts/test/database.ts';
import { run } from '#scripts/test/mission.ts';
import { PrismaClient } from './generated/client.ts';
import { GuardedPrismaPg } from './guarded-adapter.client.ts';
import { applyMigrations, database, disconnectDatabase, Prisma } from './server.ts';

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

/** Delays the second INSERT past the transaction's time limit, as a busy database would. */
function slow(adapter: PrismaPg): PrismaPg {
  const connect = adapter.connect.bind(adapter);
  return Object.assign(adapter, {
    connect: async () => {
      const connected = await connect();
      const startTransaction = connected.startTransaction.bind(connected);
      return Object.assign(connected, {
        startTransaction: async (...args: Parameters<typeof startTransaction>) => {
          const transaction = await startTransaction(...args);
          for (const method of ['queryRaw', 'executeRaw'] as const) {
            const send = transaction[method].bind(transaction) as (query: {
              sql: string;
              args: unknown[];
            }) => Promise<unknown>;
            Object.assign(transaction, {
              [method]: async (query: { sql: string; args: unknown[] }) => {
                if (query.args.includes('second')) await new Promise((resolve) => setTimeout(resolve, 400));
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
  const write = (client: PrismaClient) =>
    client.$transaction(
      async (tx) => {
        await tx.policyVersion.create({ data: row('first') });
        await tx.policyVersion.create({ data: row('second') });
      },
      { timeout: 150 },
    );
  const rows = async (client: PrismaClient) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    const found = await client.policyVersion.findMany({ select: { hash: true } });
    await client.policyVersion.deleteMany();
    return found.map((version) => version.hash);
  };

  it('leaves nothing behind through the guard (architecture decision 15)', async () => {
    const guarded = new PrismaClient({ adapter: slow(new GuardedPrismaPg({ connectionString: url })) });
    await expect(write(guarded)).rejects.toThrow();
    expect(await rows(guarded)).toEqual([]);
    await guarded.$disconnect();
  });

  it('leaves the later row behind without the guard: the day this fails, the guard may go', async () => {
    const plain = new PrismaClient({ adapter: slow(new PrismaPg({ connectionString: url })) });
    await expect(write(plain)).rejects.toThrow();
    expect(await rows(plain)).toEqual(['second']);
    await plain.$disconnect();
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
