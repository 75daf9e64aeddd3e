import { database, Prisma } from '#lib/database/server.ts';
import type { Kept } from './cutoffs.ts';

/** Rows of one statement: short enough that nobody waits for it. Bodies and verdicts carry much more behind a row. */
const ROWS_PER_STATEMENT = 5000;
const HEAVY_ROWS_PER_STATEMENT = 500;

/**
 * One bounded statement for each kind of row. Rows somebody else holds are passed over (SKIP LOCKED), so that two runs at
 * once share the work, and neither waits for a writer or is waited for. Batch rows stay for good: they make telemetry
 * that is read again harmless (COL-2).
 */
const STATEMENT: Record<Kept, (before: Date) => Prisma.Sql> = {
  windows: (before) => Prisma.sql`
    DELETE FROM telemetry_window WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM telemetry_window WHERE window_start < ${before}
      LIMIT ${ROWS_PER_STATEMENT} FOR UPDATE SKIP LOCKED))`,
  // A rollout's newest verdict is what its page shows; it stays however old it is.
  verdicts: (before) => Prisma.sql`
    DELETE FROM verdict WHERE id = ANY(ARRAY(
      SELECT old.id FROM verdict AS old
      WHERE old.window_start < ${before} AND EXISTS (
        SELECT FROM verdict AS newer
        WHERE newer.rollout_id = old.rollout_id AND newer.window_start > old.window_start)
      LIMIT ${HEAVY_ROWS_PER_STATEMENT} FOR UPDATE OF old SKIP LOCKED))`,
  // What is deleted of a past month changes what is counted of it: the revision rises with the statement.
  slices: (before) => Prisma.sql`
    WITH gone AS (
      DELETE FROM slo_slice WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM slo_slice WHERE window_start < ${before}
        LIMIT ${ROWS_PER_STATEMENT} FOR UPDATE SKIP LOCKED))
      RETURNING rollout_id
    ), raised AS (
      UPDATE slo_revision SET revision = revision + 1 WHERE rollout_id IN (SELECT rollout_id FROM gone)
    )
    SELECT rollout_id FROM gone`,
  // The newest cycle says since when Phasegate has been blind (TEL-7).
  cycles: (before) => Prisma.sql`
    DELETE FROM cycle WHERE window_start = ANY(ARRAY(
      SELECT old.window_start FROM cycle AS old
      WHERE old.window_start < ${before} AND EXISTS (
        SELECT FROM cycle AS newer WHERE newer.state <> 'due' AND newer.window_start > old.window_start)
      LIMIT ${ROWS_PER_STATEMENT} FOR UPDATE OF old SKIP LOCKED))`,
  // A body that was not counted is telemetry that exists nowhere else.
  payloads: (before) => Prisma.sql`
    DELETE FROM telemetry_batch_payload WHERE batch_id = ANY(ARRAY(
      SELECT payload.batch_id FROM telemetry_batch_payload AS payload
      JOIN telemetry_batch AS batch ON batch.id = payload.batch_id
      WHERE batch.state = 'counted' AND batch.received_at < ${before}
      LIMIT ${HEAVY_ROWS_PER_STATEMENT} FOR UPDATE OF payload SKIP LOCKED))`,
  // An open line waits for a person (TEL-10).
  quarantine: (before) => Prisma.sql`
    DELETE FROM telemetry_quarantine WHERE id = ANY(ARRAY(
      SELECT id FROM telemetry_quarantine
      WHERE state IN ('replayed', 'discarded') AND resolved_at < ${before}
      LIMIT ${ROWS_PER_STATEMENT} FOR UPDATE SKIP LOCKED))`,
  sessions: (before) => Prisma.sql`
    DELETE FROM user_session WHERE id = ANY(ARRAY(
      SELECT id FROM user_session WHERE LEAST(expires_at, revoked_at) < ${before}
      LIMIT ${ROWS_PER_STATEMENT} FOR UPDATE SKIP LOCKED))`,
  setupTokens: (before) => Prisma.sql`
    DELETE FROM setup_token WHERE token_sha256 = ANY(ARRAY(
      SELECT token_sha256 FROM setup_token WHERE LEAST(expires_at, used_at) < ${before}
      LIMIT ${ROWS_PER_STATEMENT} FOR UPDATE SKIP LOCKED))`,
};

/** Deletes one statement's worth of rows older than `before`. Returns how many; 0: nothing is left to do. */
export function deleteOlder(kept: Kept, before: Date): Promise<number> {
  return database().$executeRaw(STATEMENT[kept](before));
}
