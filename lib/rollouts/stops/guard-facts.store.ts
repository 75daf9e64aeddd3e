import { database } from '#lib/database/server.ts';
import type { KillSwitchRule } from '#lib/policy/index.ts';
import { type CountFact, type GuardFacts, type KillFact, periodStart } from './check-conditions.ts';

const MOST_SUBJECTS = 5;
const BYTES_PER_MIB = 1_048_576;
const BYTES_PER_GIB = 1_073_741_824;

export type MeasuredFacts = Omit<GuardFacts, 'overSince'>;

/** Measures what the rules look at (OPS-7): in the database, and of this process. Errors: the database's. */
export async function measure(rules: readonly KillSwitchRule[], now: Date): Promise<MeasuredFacts> {
  const kills = await killFacts();
  const counts: Record<string, CountFact[]> = {};
  for (const rule of rules) counts[rule.id] = await countsOf(rule, periodStart(rule, { kills, now }), now);
  const [resources] = await database().$queryRaw<{ bytes: bigint; share: number }[]>`
    SELECT pg_database_size(current_database()) AS bytes,
      (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::float8
        / current_setting('max_connections')::float8 AS share`;
  return {
    now,
    kills,
    phaseChanges: await phaseChanges(rules, now),
    counts,
    memoryMegabytes: Math.round(process.memoryUsage.rss() / BYTES_PER_MIB),
    databaseGigabytes: Math.round((Number(resources?.bytes ?? 0n) / BYTES_PER_GIB) * 10) / 10,
    connectionShare: Math.round((resources?.share ?? 0) * 1000) / 1000,
  };
}

/** Kill switches that are pressed, and for each rule and scope the newest that it has pressed. */
async function killFacts(): Promise<KillFact[]> {
  return database().$queryRaw<KillFact[]>`
    SELECT details ->> 'rule' AS rule, scope, ended_at AS "endedAt" FROM stop_order
    WHERE kind = 'kill' AND ended_at IS NULL
    UNION ALL
    SELECT details ->> 'rule', scope, max(ended_at) FROM stop_order
    WHERE kind = 'kill' AND ended_at IS NOT NULL AND details ? 'rule' GROUP BY 1, 2`;
}

/** Steps in the longest period that a rule looks at; what the setup wrote is a past, not a step. */
async function phaseChanges(
  rules: readonly KillSwitchRule[],
  now: Date,
): Promise<{ rolloutId: string; at: Date }[]> {
  const seconds = Math.max(
    0,
    ...rules.map(({ condition }) => (condition.kind === 'phase_changes' ? condition.withinSeconds : 0)),
  );
  const rows = await database().phaseChange.findMany({
    where: {
      kind: { in: ['promotion', 'rollback', 'restart'] },
      trigger: { not: 'setup' },
      createdAt: { gt: new Date(now.getTime() - seconds * 1000), lte: now },
    },
    select: { rolloutId: true, createdAt: true },
  });
  return rows.map(({ rolloutId, createdAt }) => ({ rolloutId, at: createdAt }));
}

async function countsOf({ condition }: KillSwitchRule, from: Date, now: Date): Promise<CountFact[]> {
  switch (condition.kind) {
    case 'runs_of_function':
      return database().$queryRaw<CountFact[]>`
        SELECT function_id AS subject, count(*)::int AS count FROM job_run
        WHERE created_at > ${from} AND created_at <= ${now}
        GROUP BY function_id ORDER BY count DESC LIMIT ${MOST_SUBJECTS}`;
    case 'retries_of_function':
      // An attempt belongs to the time its run began: what is counted can only have happened since.
      return database().$queryRaw<CountFact[]>`
        SELECT r.function_id AS subject, sum(r.attempt + coalesce(s.attempts, 0))::int AS count FROM job_run r
        LEFT JOIN LATERAL (SELECT sum(attempt) AS attempts FROM job_step WHERE run_id = r.id) s ON true
        WHERE r.created_at > ${from} AND r.created_at <= ${now}
        GROUP BY r.function_id ORDER BY count DESC LIMIT ${MOST_SUBJECTS}`;
    case 'calls_of_run':
      return database().$queryRaw<CountFact[]>`
        SELECT function_id || ' ' || id AS subject, fence AS count FROM job_run
        WHERE state IN ('queued', 'waiting') AND created_at > ${from}
        ORDER BY fence DESC LIMIT ${MOST_SUBJECTS}`;
    default:
      return [];
  }
}
