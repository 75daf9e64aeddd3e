import { collectorHealth, warnOfLongPause } from '#lib/collector/server.ts';
import { log } from '#lib/config/server.ts';
import { database, inTransaction, publishLive } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { SIGHT_ACTIONS, type SightAction, sightChange } from './sight-change.ts';

const COLLECTOR = 'collector';
const SYSTEM = { id: 'system', name: 'Phasegate' };

/**
 * Looks whether the Collector still sees, and puts it on record when that has changed, or when it is paused for long (COL-9):
 * an audit row, a log line and a notice to open pages. Returns the state and the change.
 */
export async function watchCollector(
  now = new Date(),
): Promise<{ state: string; change: SightAction | null }> {
  await warnOfLongPause(now);
  const health = await collectorHealth(now);
  const last = await database().auditEntry.findFirst({
    where: { subject: COLLECTOR, action: { in: Object.values(SIGHT_ACTIONS) } },
    orderBy: { seq: 'desc' },
    select: { action: true },
  });
  const recorded = Object.values(SIGHT_ACTIONS).find((action) => action === last?.action) ?? null;
  const change = sightChange(recorded, health);
  const facts = {
    newestWindowEnd: health.newestWindowEnd,
    ageSeconds: health.ageSeconds,
    dueWindows: health.dueWindows,
    pausedSince: health.pausedSince,
  };
  if (change !== null) {
    await inTransaction(async (tx) => {
      await publishLive(tx, { topic: 'cycle' });
      const reason =
        health.pausedSince !== null && health.blind
          ? `collection is paused since ${health.pausedSince}`
          : `the newest closed window ended at ${health.newestWindowEnd ?? 'no time yet'}`;
      await appendAudit(tx, {
        actor: SYSTEM,
        action: change,
        subject: COLLECTOR,
        reason,
        details: facts,
        at: now,
      });
    });
  }
  if (health.blind) log('watch').error(facts, 'the Collector is blind');
  for (const problem of health.problems) log('watch').warn(problem, 'a telemetry source cannot be read');
  return { state: health.state, change };
}

/** Puts on record that a job has failed for good: an audit row and a log line (OPS-18, OPS-23). */
export async function recordJobFailure(
  failure: { functionId: string; runId: string; message: string },
  now = new Date(),
): Promise<void> {
  log('jobs').error(failure, 'a job has failed for good');
  await inTransaction(async (tx) => {
    await publishLive(tx, { topic: 'jobs' });
    await appendAudit(tx, {
      actor: SYSTEM,
      action: 'job.failed',
      subject: `job:${failure.functionId}`,
      reason: failure.message,
      details: { runId: failure.runId },
      at: now,
    });
  });
}
