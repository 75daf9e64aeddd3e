import type { Sight } from './sight.schema.ts';

/**
 * Whether Phasegate can see: blind once the newest judged window ended longer ago than `staleAfterSeconds`, or in a long pause.
 * Units: seconds. Null dates: nothing yet.
 */
export function sightOf(input: {
  lastDataAt: Date | null;
  lastWindowEnd: Date | null;
  staleAfterSeconds: number;
  now: Date;
  /** A person has paused collection for longer than may pass in silence (COL-9). */
  pausedForLong?: boolean;
}): Sight {
  const { lastDataAt, lastWindowEnd, staleAfterSeconds, now } = input;
  const ageSeconds = lastWindowEnd === null ? null : (now.getTime() - lastWindowEnd.getTime()) / 1000;
  const never = lastDataAt === null && lastWindowEnd === null;
  // Before the first verdict there is nothing that could be stale.
  const blind = input.pausedForLong === true || (ageSeconds !== null && ageSeconds > staleAfterSeconds);
  return {
    state: never ? 'never' : blind ? 'blind' : 'seeing',
    lastDataAt: lastDataAt?.toISOString() ?? null,
    lastWindowEnd: lastWindowEnd?.toISOString() ?? null,
    staleAfterSeconds,
  };
}

/**
 * When the next verdict is due: for the window that has just closed while its analysis is within its slot, else for the
 * one that is open. Units: seconds; windows are aligned to the epoch (COL-3, COL-4).
 */
export function nextEvaluationOf(input: {
  lastWindowEnd: Date | null;
  windowSeconds: number;
  analyzeSlotSeconds: number;
  now: Date;
}): { windowStart: string; windowEnd: string; earliest: string; latest: string } {
  const windowMs = input.windowSeconds * 1000;
  const nowMs = input.now.getTime();
  const justClosed = Math.floor(nowMs / windowMs) * windowMs;
  const judged = (input.lastWindowEnd?.getTime() ?? Number.NEGATIVE_INFINITY) >= justClosed;
  const stillDue = !judged && nowMs - justClosed < input.analyzeSlotSeconds * 1000;
  const end = stillDue ? justClosed : justClosed + windowMs;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    windowStart: iso(end - windowMs),
    windowEnd: iso(end),
    earliest: iso(end),
    latest: iso(end + input.analyzeSlotSeconds * 1000),
  };
}
