import { judgeWindow } from '#lib/analyzer/index.ts';
import { database } from '#lib/database/server.ts';
import { findPhase, type LoadedPolicy } from '#lib/policy/index.ts';

const DAYS = 365;

/**
 * A year of judged windows up to `end` in each of these phases at once, which is the most there can be: verdicts, and slices of
 * each objective that decides, with a few bad ones. As after a year of keeping house: vacuumed and analysed.
 */
export async function seedYear(
  { policy, catalogue, hash }: LoadedPolicy,
  rolloutId: string,
  phases: readonly string[],
  end: Date,
): Promise<{ verdicts: number; slices: number }> {
  const { windowSeconds } = policy.cycle;
  const from = new Date(end.getTime() - DAYS * 86_400_000);
  const counted = { verdicts: 0, slices: 0 };
  for (const phase of phases) {
    const { metrics } = judgeWindow({
      policy,
      catalogue,
      policyHash: hash,
      series: [],
      rolloutId,
      phase,
      windowEnd: end,
    });
    counted.verdicts += await database().$executeRaw`
      INSERT INTO verdict (id, rollout_id, phase, window_start, window_end, revision, is_latest, verdict, slo_met, breach,
        rollback_required, notify_level, retryable_failures, policy_hash, input_hash, metrics)
      SELECT gen_random_uuid(), ${rolloutId}, ${phase}, at, at + make_interval(secs => ${windowSeconds}), 1, true, 'pass',
        CASE WHEN random() < 0.01 THEN NULL ELSE random() < 0.995 END, false, false, 'none', 0, ${hash}, md5(at::text),
        ${JSON.stringify(metrics)}::jsonb
      FROM generate_series(${from}::timestamptz, ${end}::timestamptz - make_interval(secs => ${windowSeconds}),
        make_interval(secs => ${windowSeconds})) AS at`;
    const objectives = findPhase(policy, rolloutId, phase)?.objectives.filter(({ shadow }) => !shadow) ?? [];
    for (const { metric } of objectives) {
      counted.slices += await database().$executeRaw`
        INSERT INTO slo_slice (rollout_id, phase, metric, window_start, basis, good_count, bad_count, target_ratio, policy_hash)
        SELECT ${rolloutId}, ${phase}, ${metric}, window_start, 'events', 1000, (random() * 12)::int, 0.99, ${hash}
        FROM verdict WHERE rollout_id = ${rolloutId} AND phase = ${phase} ORDER BY window_start`;
    }
  }
  await database().$executeRaw`INSERT INTO slo_revision (rollout_id, revision) VALUES (${rolloutId}, 1)
    ON CONFLICT (rollout_id) DO UPDATE SET revision = slo_revision.revision + 1`;
  await database().$executeRaw`VACUUM ANALYZE verdict, slo_slice`;
  return counted;
}
