import type { Transaction } from './database.client.ts';

export type SavepointResult<T> = { ok: true; value: T } | { ok: false; error: unknown };

/**
 * Runs a part of a transaction that may fail without failing the whole: what it wrote is undone and the error returned.
 * No lock is waited for longer than `lockTimeoutMs`. Errors: the connection's, when there is no transaction left to go on with.
 */
export async function inSavepoint<T>(
  tx: Transaction,
  lockTimeoutMs: number,
  work: () => Promise<T>,
): Promise<SavepointResult<T>> {
  await tx.$executeRaw`SAVEPOINT part`;
  try {
    await tx.$queryRaw`SELECT set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, true)`;
    const value = await work();
    await tx.$executeRaw`SET LOCAL lock_timeout TO DEFAULT`;
    await tx.$executeRaw`RELEASE SAVEPOINT part`;
    return { ok: true, value };
  } catch (error) {
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT part`;
    await tx.$executeRaw`RELEASE SAVEPOINT part`;
    return { ok: false, error };
  }
}
