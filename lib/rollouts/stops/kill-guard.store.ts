import { Client } from 'pg';
import { env, log } from '#lib/config/server.ts';
import type { Transaction } from '#lib/database/server.ts';
import { outsideHalt } from './outside-halt.run.ts';
import { EVERYTHING } from './stop.schema.ts';

/** The lock of the kill switch: actions share it, a press takes it alone (architecture decision 16). */
export const KILL_LOCK = 7_417_025;
/** An action that has held the lock for this long into a press is ended, so that a press never takes a second. */
const PATIENCE_MS = 250;

export type KillInForce = { id: string; epoch: bigint; scope: string; reason: string };

/**
 * Takes part in the kill switch's lock for the rest of this transaction and says whether it is pressed for this rollout, or
 * from outside (see outside-halt.run.ts; `id` is then `outside`). First statement of every automatic effect and of every
 * promotion: a press that has returned stops all that had not committed, and what has asked here before a press commits, or
 * is undone, before that press returns. Deciding and acting may be one transaction, so the lock is no place to wait in.
 */
export async function killInForce(tx: Transaction, rolloutId: string): Promise<KillInForce | null> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(${KILL_LOCK}::bigint)::text`;
  // A second statement: it sees what was committed before the lock was given.
  const rows = await tx.$queryRaw<KillInForce[]>`
    SELECT id::text, epoch, scope, reason FROM stop_order
    WHERE kind = 'kill' AND ended_at IS NULL AND scope IN (${EVERYTHING}, ${rolloutId})
    ORDER BY epoch LIMIT 1`;
  if (rows[0]) return rows[0];
  const outside = await outsideHalt();
  return outside && { id: 'outside', epoch: 0n, scope: EVERYTHING, reason: outside.reason };
}

/**
 * Takes the kill switch's lock alone: once this returns, whatever had asked before has committed or was undone, and nothing
 * that asks from now on is answered before this transaction ends. An action that does not end by itself is ended.
 * Window: a quarter of a second of patience. Errors: the database's.
 */
export async function takeKillLock(tx: Transaction): Promise<void> {
  const late: { ending?: Promise<void> } = {};
  const timer = setTimeout(() => {
    late.ending = endHolders().catch((err: unknown) =>
      log('rollouts').error({ err }, 'an action that holds up the kill switch could not be ended'),
    );
  }, PATIENCE_MS);
  try {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${KILL_LOCK}::bigint)::text`;
  } finally {
    clearTimeout(timer);
    await late.ending;
  }
}

/** Ends the connections that share the lock; their transactions are undone. Over a connection of its own: pools may be full. */
async function endHolders(): Promise<void> {
  const client = new Client({ connectionString: env().databaseUrl, application_name: 'phasegate-press' });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND classid = 0 AND objid = $1 AND objsubid = 1 AND mode = 'ShareLock' AND granted`,
      [KILL_LOCK],
    );
    log('rollouts').warn({ ended: rowCount }, 'actions that held up the kill switch were ended');
  } finally {
    await client.end();
  }
}
