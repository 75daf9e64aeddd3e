import { database } from '#lib/database/server.ts';
import type { ReadFailure } from './read-failures.ts';

/**
 * Shows a person why a file cannot be read, and the Analyzer since when and whether that may pass (COL-5). The collection goes
 * on. `counts`: this look is one of the attempts of a collection. Returns how many of them have failed in a row.
 */
export async function recordFailure(
  sourceId: string,
  failure: ReadFailure,
  look: { now: Date; counts: boolean },
): Promise<number> {
  const rows = await database().$queryRaw<{ looks: number }[]>`
    UPDATE telemetry_source SET
      state = 'active', last_error = ${failure.message}, failure = ${failure.code}, failure_retryable = ${failure.retryable},
      failing_since = CASE WHEN failing_since IS NULL OR recovered_at IS NOT NULL THEN ${look.now}
                           ELSE failing_since END,
      failed_looks = CASE WHEN recovered_at IS NOT NULL THEN 0 ELSE failed_looks END + ${look.counts ? 1 : 0},
      recovered_at = NULL
    WHERE id = ${sourceId}::uuid RETURNING failed_looks AS looks`;
  return rows[0]?.looks ?? 1;
}

/** The file could be read again. */
export async function clearFileError(sourceId: string): Promise<void> {
  await database().telemetrySource.updateMany({
    where: { id: sourceId, lastError: { not: null } },
    data: { lastError: null },
  });
}

/**
 * Ends the failures of files that were read again or are no longer there, so that the windows they were missing in are judged
 * anew (COL-5, COL-6).
 */
export async function endFailures(): Promise<void> {
  // By the database's clock, like the time of an analysis that it is compared with.
  await database().$executeRaw`
    UPDATE telemetry_source SET recovered_at = clock_timestamp(), failed_looks = 0
    WHERE failing_since IS NOT NULL AND recovered_at IS NULL AND (last_error IS NULL OR state = 'gone')`;
}
