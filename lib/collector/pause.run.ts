import { log } from '#lib/config/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { collectionPause, recordLongPause } from './pause.store.ts';

const PAUSED = 'collection_paused';

/** Refuses while collection is paused. Errors: AppError CONFLICT `collection_paused`. */
export async function refuseWhilePaused(now: Date): Promise<void> {
  const pause = await collectionPause(now);
  if (pause)
    throw new AppError(
      'CONFLICT',
      `${pause.personName} has paused collection since ${pause.since.toISOString()}: ${pause.reason}`,
      { reason: PAUSED },
    );
}

/** Does work of the Collector; null when it could not be done, or not to its end, because collection is paused (COL-9). */
export async function unlessPaused<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && error.reason === PAUSED) return null;
    throw error;
  }
}

/** Whether collection is paused for longer than the policy lets pass in silence: Phasegate is blind then (COL-9). */
export async function pausedForLong(now: Date): Promise<boolean> {
  const pause = await collectionPause(now);
  const { pauseWarnAfterSeconds } = (await loadPolicy()).policy.cycle;
  return pause !== null && now.getTime() - pause.since.getTime() > pauseWarnAfterSeconds * 1000;
}

/**
 * Warns, once for each pause, that collection is paused for longer than the policy lets pass in silence
 * (`cycle.pauseWarnAfter`, COL-9): an audit row, a notice to open pages and a log line. Returns whether it did.
 */
export async function warnOfLongPause(now: Date): Promise<boolean> {
  const pause = await collectionPause(now);
  if (!pause || !(await pausedForLong(now))) return false;
  const { pauseWarnAfterSeconds } = (await loadPolicy()).policy.cycle;
  const warned = await recordLongPause(pause, pauseWarnAfterSeconds, now);
  if (warned) log('collector').warn({ stop: pause.id, since: pause.since }, 'collection is paused for long');
  return warned;
}
