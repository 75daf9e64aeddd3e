import { database, Prisma, type Transaction } from '#lib/database/server.ts';
import { phaseVerdictOf } from './stored-phase-verdict.ts';
import type { PhaseVerdict } from './verdict.schema.ts';

/** A verdict whose good and bad were never counted. */
export type Uncounted = { id: string; verdict: PhaseVerdict };

/**
 * The newest verdicts of a rollout without a slice, of one phase, in windows that start before `before`: those of before
 * slices were kept. Errors: the database's; a ZodError for a stored verdict that is none.
 */
export async function readUncounted(query: {
  rolloutId: string;
  phase: string;
  before: Date | null;
  limit: number;
}): Promise<Uncounted[]> {
  const { rolloutId, phase, before, limit } = query;
  const older = before ? Prisma.sql`AND v.window_start < ${before}` : Prisma.empty;
  const ids = await database().$queryRaw<{ id: string }[]>`
    SELECT v.id FROM verdict v
    WHERE v.rollout_id = ${rolloutId} AND v.phase = ${phase} AND v.is_latest ${older} AND NOT EXISTS (
      SELECT FROM slo_slice s
      WHERE s.rollout_id = v.rollout_id AND s.window_start = v.window_start AND s.phase = v.phase)
    ORDER BY v.window_start DESC LIMIT ${limit}`;
  const rows = await database().verdict.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    orderBy: { windowStart: 'asc' },
  });
  return rows.map((row) => ({ id: row.id, verdict: phaseVerdictOf(row) }));
}

/** Which of these verdicts are still the latest of their windows. */
export async function stillLatest(tx: Transaction, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.verdict.findMany({
    where: { id: { in: [...ids] }, isLatest: true },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}
