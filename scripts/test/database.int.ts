import { Client } from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { env } from '#lib/config/server.ts';
import { testDatabase } from './database.ts';

let url = '';
beforeAll(async () => {
  ({ url } = await testDatabase());
});

async function query(statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

it('gives a test file a migrated PostgreSQL 18 of its own', async () => {
  expect(env().databaseUrl).toBe(url);
  expect((await query('SHOW server_version'))[0]?.server_version).toMatch(/^18\./);
  expect(await query('SELECT id FROM rollout')).toEqual([]);
  expect((await query('SHOW listen_addresses'))[0]?.listen_addresses).toBe('127.0.0.1');
});
