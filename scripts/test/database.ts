import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, type Transaction } from '#lib/database/server.ts';
import { PATIENCE_MS } from './patience.ts';

/**
 * Gives the calling test file a migrated, empty database of its own and points DATABASE_URL at it.
 * Call it in `beforeAll`. The whole server is thrown away when the run ends; `drop` ends it earlier.
 */
export async function testDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const template = inject('templateDatabaseUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const templateName = new URL(template).pathname.slice(1);
  // Copying the files takes a quarter of the time that copying every page by way of the log takes.
  await onServer(template, `CREATE DATABASE ${name} TEMPLATE ${templateName} STRATEGY FILE_COPY`);
  const url = new URL(template);
  url.pathname = `/${name}`;
  process.env.DATABASE_URL = url.href;
  forgetEnv();
  return { url: url.href, drop: () => onServer(template, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/**
 * Empties these tables and, as TRUNCATE … CASCADE does, all that refer to them, past the triggers that keep records.
 * TRUNCATE makes new files for each table and index, which costs twenty times as much as removing a few rows.
 */
export async function emptyTables(...names: readonly string[]): Promise<void> {
  const empty = async (tx: Transaction) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    const found = await tx.$queryRaw<{ name: string }[]>`
      WITH RECURSIVE emptied (id) AS (
        SELECT name::regclass::oid FROM unnest(${names}::text[]) AS name
        UNION SELECT conrelid FROM pg_constraint JOIN emptied ON confrelid = id WHERE contype = 'f')
      SELECT id::regclass::text AS name FROM emptied ORDER BY id`;
    const tables = found.map(({ name }) => name);
    // Whoever is still at work is waited for, as TRUNCATE waits.
    await tx.$executeRawUnsafe(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
    const removals = tables.map((name, i) => `t${i} AS (DELETE FROM ${name})`);
    await tx.$executeRawUnsafe(`WITH ${removals.join(', ')} SELECT`);
  };
  // Nothing is timed, and whoever holds a table may take long on a busy machine.
  await database().$transaction(empty, { maxWait: PATIENCE_MS, timeout: PATIENCE_MS });
}

/**
 * Puts a rollout where a test begins, or where only somebody with the database in their hands could put it: past the trigger by
 * which it moves as the machine does, and no other way.
 */
export async function putRollout(
  to: Parameters<Transaction['rollout']['update']>[0],
): Promise<Awaited<ReturnType<Transaction['rollout']['findUniqueOrThrow']>>> {
  return await database().$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    return await tx.rollout.update(to);
  });
}

async function onServer(template: string, statement: string): Promise<void> {
  const address = new URL(template);
  address.pathname = '/postgres';
  const client = new Client({ connectionString: address.href });
  await client.connect();
  try {
    // Two files cloning at once would refuse each other the template.
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}
