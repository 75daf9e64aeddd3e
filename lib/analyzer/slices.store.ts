import type { Transaction } from '#lib/database/server.ts';
import type { Slice } from './slices.ts';
import type { PhaseVerdict } from './verdict.schema.ts';

/**
 * Makes the slices of judged windows exactly these (DASH-4): in the transaction of their verdicts, and after
 * {@link takeTurns}. What is the same stays untouched. Raises the rollout's revision where a verdict or a slice changed.
 */
export async function replaceSlices(
  tx: Transaction,
  rolloutId: string,
  verdicts: readonly { verdict: PhaseVerdict; changed: boolean }[],
  slices: readonly Slice[],
): Promise<void> {
  const windows = JSON.stringify(
    verdicts.map(({ verdict }) => ({ phase: verdict.phase, window_start: verdict.window.start })),
  );
  const incoming = JSON.stringify(
    slices.map((slice) => ({
      phase: slice.phase,
      metric: slice.metric,
      window_start: slice.windowStart,
      basis: slice.basis,
      good_count: slice.goodCount,
      bad_count: slice.badCount,
      target_ratio: slice.targetRatio,
      policy_hash: slice.policyHash,
    })),
  );
  const [changed] = await tx.$queryRaw<{ slices: number }[]>`
    WITH judged AS (
      SELECT * FROM jsonb_to_recordset(${windows}::jsonb) AS w(phase text, window_start timestamptz)
    ), incoming AS (
      SELECT * FROM jsonb_to_recordset(${incoming}::jsonb) AS i(
        phase text, metric text, window_start timestamptz, basis text, good_count bigint, bad_count bigint,
        target_ratio float8, policy_hash text)
    ), gone AS (
      DELETE FROM slo_slice s USING judged w
      WHERE s.rollout_id = ${rolloutId} AND s.phase = w.phase AND s.window_start = w.window_start
        AND NOT EXISTS (SELECT FROM incoming i
          WHERE i.metric = s.metric AND i.phase = s.phase AND i.window_start = s.window_start)
      RETURNING 1
    ), written AS (
      INSERT INTO slo_slice AS s (rollout_id, phase, metric, window_start, basis, good_count, bad_count, target_ratio,
        policy_hash)
      SELECT ${rolloutId}, phase, metric, window_start, basis, good_count, bad_count, target_ratio, policy_hash
      FROM incoming
      ON CONFLICT (rollout_id, metric, phase, window_start) DO UPDATE
        SET basis = excluded.basis, good_count = excluded.good_count, bad_count = excluded.bad_count,
          target_ratio = excluded.target_ratio, policy_hash = excluded.policy_hash, updated_at = CURRENT_TIMESTAMP
        WHERE (s.basis, s.good_count, s.bad_count, s.target_ratio, s.policy_hash)
          IS DISTINCT FROM (excluded.basis, excluded.good_count, excluded.bad_count, excluded.target_ratio,
            excluded.policy_hash)
      RETURNING 1
    )
    SELECT ((SELECT count(*) FROM gone) + (SELECT count(*) FROM written))::int AS slices`;
  if ((changed?.slices ?? 0) === 0 && !verdicts.some((verdict) => verdict.changed)) return;
  await tx.$executeRaw`
    INSERT INTO slo_revision AS r (rollout_id, revision) VALUES (${rolloutId}, 1)
    ON CONFLICT (rollout_id) DO UPDATE SET revision = r.revision + 1`;
}

/** Holds back everybody else who would write verdicts or slices of a rollout, until the end of the transaction. */
export async function takeTurns(tx: Transaction, rolloutId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`verdict:${rolloutId}`}, 0))::text`;
}
