import { database } from '#lib/database/server.ts';
import type { VerdictList } from './verdict-list.schema.ts';
import { verdictRow } from './verdict-row.ts';

const PAGE_SIZE = 50;

/** A page ends between windows: a window in which the phase changed has two verdicts, and a place in the list is a window. */
function wholeWindows<R extends { windowStart: Date }>(rows: readonly R[]): readonly R[] {
  const next = rows.at(PAGE_SIZE)?.windowStart.getTime();
  return rows.slice(0, PAGE_SIZE).filter(({ windowStart }) => windowStart.getTime() !== next);
}

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
  const page = wholeWindows(rows);
  const last = page.at(-1);
  return {
    rolloutId,
    verdicts: page.map(verdictRow),
    nextBefore: rows.length > page.length && last ? last.windowStart.toISOString() : null,
  };
}
