import { database } from '#lib/database/server.ts';
import type { RunningRollout } from './internal-events.ts';

/** The rollouts that were started, each with its current phase: for whom the Collector reports its own lateness. */
export async function runningRollouts(): Promise<RunningRollout[]> {
  const rows = await database().rollout.findMany({
    where: { state: { not: 'preparing' } },
    select: { id: true, phase: true },
    orderBy: { id: 'asc' },
  });
  return rows.map((row) => ({ rolloutId: row.id, phase: row.phase }));
}
