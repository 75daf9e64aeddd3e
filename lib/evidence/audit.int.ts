import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { verifyChain } from './index.ts';
import { appendAudit, readAuditChain, verifyAuditChain } from './server.ts';

let url = '';
beforeAll(async () => {
  ({ url } = await testDatabase());
});
afterAll(disconnectDatabase);

const fact = (n: number) => ({
  actor: { id: 'user:1', name: '佐藤' },
  action: 'test.done',
  subject: `thing:${n}`,
  reason: 'なぜなら',
  details: { n, nested: { z: 1, a: [true, null, 'x'] } },
  at: new Date(Date.UTC(2026, 10, 21, 0, 0, n % 60)),
});

it('keeps one unbroken chain while many transactions append at once [OPS-22]', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, n) => inTransaction((tx) => appendAudit(tx, fact(n)))));
  const chain = await readAuditChain();
  expect(chain.map((entry) => entry.seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(await verifyAuditChain()).toBeNull();
});

it('leaves no row behind when the change it records is undone', async () => {
  const before = (await readAuditChain()).length;
  await expect(
    inTransaction(async (tx) => {
      await appendAudit(tx, fact(99));
      throw new Error('the change failed');
    }),
  ).rejects.toThrow('the change failed');
  expect(await readAuditChain()).toHaveLength(before);
});

it.each(['UPDATE audit_entry SET reason = $$x$$', 'DELETE FROM audit_entry', 'TRUNCATE audit_entry'])(
  'refuses %s [OPS-22]',
  async (statement) => {
    await expect(database().$executeRawUnsafe(statement)).rejects.toThrow(/append-only/);
  },
);

it('finds what somebody with the keys to the database changed, removed or swapped', async () => {
  const chain = await readAuditChain();
  const altered = (seq: number, change: object) =>
    chain.map((entry) => (entry.seq === seq ? { ...entry, ...change } : entry));
  expect(verifyChain(altered(7, { reason: 'another' }))).toEqual({ seq: 7, fault: 'altered' });
  expect(verifyChain(chain.filter((entry) => entry.seq !== 9))).toEqual({ seq: 9, fault: 'gap' });
  expect(verifyChain(altered(11, { hash: '0'.repeat(64) }))).toMatchObject({ seq: 11 });
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('ALTER TABLE audit_entry DISABLE TRIGGER USER');
  await client.query(`UPDATE audit_entry SET details = '{"n": 1}' WHERE seq = 20`);
  await client.end();
  expect(await verifyAuditChain()).toEqual({ seq: 20, fault: 'altered' });
});
