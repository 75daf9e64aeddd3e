import { database } from '#lib/database/server.ts';
import type { VerdictList } from './verdict-list.schema.ts';
import { verdictRow } from './verdict-row.ts';

const PAGE_SIZE = 50;

/**
 * The latest verdict of each window of a rollout, newest first, one page: windows that start before `before`.
 * Null for a rollout that does not exist. Errors: the database's; ZodError when a stored verdict is not one.
 */
export async function readVerdicts(rolloutId: string, before: Date | null): Promise<VerdictList | null> {
  const [rollout, rows] = await Promise.all([
    database().rollout.findUnique({ where: { id: rolloutId }, select: { id: true } }),
    database().verdict.findMany({
      where: { rolloutId, isLatest: true, ...(before ? { windowStart: { lt: before } } : {}) },
      orderBy: [{ windowStart: 'desc' }, { createdAt: 'desc' }],
      take: PAGE_SIZE + 1,
    }),
  ]);
  if (!rollout) return null;
  const last = rows.at(PAGE_SIZE - 1);
  return {
    rolloutId,
    verdicts: rows.slice(0, PAGE_SIZE).map(verdictRow),
    nextBefore: rows.length > PAGE_SIZE && last ? last.windowStart.toISOString() : null,
  };
}
