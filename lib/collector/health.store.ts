import { database } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { type CollectorHealth, collectorHealthOf } from './health.ts';
import { collectionPause } from './pause.store.ts';

/** How the Collector stands: newest closed window and its age, sources with errors, whether it is blind (TEL-7). */
export async function collectorHealth(now = new Date()): Promise<CollectorHealth> {
  const { policy } = await loadPolicy();
  const [newest, oldestDue, dueWindows, failing, read, pause] = await Promise.all([
    database().cycle.findFirst({ where: { state: { not: 'due' } }, orderBy: { windowStart: 'desc' } }),
    database().cycle.findFirst({ where: { state: 'due' }, orderBy: { windowStart: 'asc' } }),
    database().cycle.count({ where: { state: 'due' } }),
    database().telemetrySource.findMany({
      where: { state: 'active', lastError: { not: null } },
      orderBy: { name: 'asc' },
    }),
    database().telemetrySource.aggregate({ _max: { lastReadAt: true } }),
    collectionPause(now),
  ]);
  const facts = {
    newestWindowEnd: newest?.windowEnd ?? null,
    oldestDueEnd: oldestDue?.windowEnd ?? null,
    dueWindows,
    problems: failing.map((source) => ({ source: source.name, message: source.lastError ?? '' })),
    lastReadAt: read._max.lastReadAt,
    pausedSince: pause?.since ?? null,
  };
  return collectorHealthOf(facts, now, policy.cycle);
}
