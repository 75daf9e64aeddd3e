import type { Transaction } from '#lib/database/server.ts';

/** The lock of the kill switch: actions share it, a press takes it alone (architecture decision 16). */
export const KILL_LOCK = 7_417_025;

export type KillInForce = { id: string; epoch: bigint; scope: string; reason: string };

/**
 * Takes part in the kill switch's lock for the rest of this transaction and says whether it is pressed for this rollout.
 * First statement of every automatic effect and of every promotion: a press that has returned stops all that had not
 * committed, and what has asked here before a press commits before that press returns.
 */
export async function killInForce(tx: Transaction, rolloutId: string): Promise<KillInForce | null> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(${KILL_LOCK}::bigint)::text`;
  // A second statement: it sees what was committed before the lock was given.
  const rows = await tx.$queryRaw<KillInForce[]>`
    SELECT id::text, epoch, scope, reason FROM stop_order
    WHERE kind = 'kill' AND ended_at IS NULL AND scope IN ('*', ${rolloutId})
    ORDER BY epoch LIMIT 1`;
  return rows[0] ?? null;
}
