import { afterAll, beforeAll, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { storing } from './batch.store.ts';

beforeAll(async () => {
  await testDatabase();
});
afterAll(disconnectDatabase);

it('tries again where another collector holds what it needs, or a transaction was ended for another [COL-2]', async () => {
  let attempts = 0;
  const locked = Promise.withResolvers<void>();
  const held = inTransaction(async (other) => {
    await other.$executeRaw`LOCK TABLE cycle IN ACCESS EXCLUSIVE MODE`;
    locked.resolve();
    while (attempts < 2) await other.$queryRaw`SELECT 1`;
  });
  await locked.promise;
  const count = await storing(async (tx) => {
    attempts += 1;
    await tx.$executeRaw`SET LOCAL lock_timeout = '200ms'`;
    return await tx.cycle.count();
  });
  await held;
  expect({ count, again: attempts > 1 }).toEqual({ count: 0, again: true });
});

it.each(['40001', '40P01'])('tries again after %s of the database, also when it ends', async (code) => {
  await database().$executeRawUnsafe(`CREATE OR REPLACE FUNCTION once_more() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.hash = 'first' THEN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END IF; RETURN NULL; END $$`);
  await database().$executeRaw`CREATE CONSTRAINT TRIGGER once_more AFTER INSERT ON policy_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION once_more()`;
  const hashes = ['first', `second ${code}`];
  await storing((tx) =>
    tx.policyVersion.create({
      data: { hash: hashes.shift() ?? '', policyYaml: '', eventsYaml: '', appliedBy: 'test' },
    }),
  );
  await database().$executeRaw`DROP TRIGGER once_more ON policy_version`;
  expect(hashes).toEqual([]);
  expect(await database().policyVersion.count({ where: { hash: `second ${code}` } })).toBe(1);
});

it('does not try again what is a mistake', async () => {
  let attempts = 0;
  const wrong = storing(async (tx) => {
    attempts += 1;
    await tx.$queryRaw`SELECT * FROM no_such_table`;
  });
  await expect(wrong).rejects.toThrow('no_such_table');
  expect(attempts).toBe(1);
});
