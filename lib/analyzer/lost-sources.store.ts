import { database } from '#lib/database/server.ts';
import type { SourceState } from './lost-sources.ts';

type Row = {
  name: string;
  feeds: string[];
  newestEventAt: Date | null;
  failure: string | null;
  retryable: boolean | null;
  since: Date | null;
  failing: boolean;
};

/** Every telemetry file, read as long as any of them fails; nothing while all can be read. Errors: the database's. */
export async function loadSourceStates(): Promise<SourceState[]> {
  const failing = await database().telemetrySource.count({
    where: { kind: 'file', state: 'active', lastError: { not: null }, failingSince: { not: null } },
  });
  if (failing === 0) return [];
  const rows = await database().$queryRaw<Row[]>`
    SELECT s.name, s.feeds, max(b.max_ts) AS "newestEventAt", s.failure, s.failure_retryable AS retryable,
           s.failing_since AS since, (s.state = 'active' AND s.last_error IS NOT NULL) AS failing
    FROM telemetry_source s LEFT JOIN telemetry_batch b ON b.source_id = s.id
    WHERE s.kind = 'file' GROUP BY s.id ORDER BY s.name, s.id`;
  return rows.map(({ name, feeds, newestEventAt, failure, retryable, since, ...row }) => ({
    name,
    feeds,
    newestEventAt,
    failing:
      row.failing && failure !== null && since !== null
        ? { failure, retryable: retryable ?? true, since }
        : null,
  }));
}
