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
  /** The end of the newest window that should have been judged by now. */
  dueEnd?: Date;
}): Sight {
  const { lastDataAt, lastWindowEnd, staleAfterSeconds, now, dueEnd } = input;
  const ageSeconds = lastWindowEnd === null ? null : (now.getTime() - lastWindowEnd.getTime()) / 1000;
  const never = lastDataAt === null && lastWindowEnd === null;
  // Before the first verdict there is nothing that could be stale.
  const blind = input.pausedForLong === true || (ageSeconds !== null && ageSeconds > staleAfterSeconds);
  const silent = lastDataAt === null || (now.getTime() - lastDataAt.getTime()) / 1000 > staleAfterSeconds;
  const late = dueEnd !== undefined && lastWindowEnd !== null && lastWindowEnd < dueEnd;
  return {
    state: never ? 'never' : blind ? 'blind' : 'seeing',
    lastDataAt: lastDataAt?.toISOString() ?? null,
    lastWindowEnd: lastWindowEnd?.toISOString() ?? null,
    staleAfterSeconds,
    cause: never
      ? null
      : blind
        ? input.pausedForLong === true
          ? 'paused'
          : silent
            ? 'silent'
            : 'unjudged'
        : late
          ? 'late'
          : null,
  };
}

/** The end of the newest window whose analysis should have ended by `now`. Units: seconds; windows are aligned to the epoch. */
export function dueEndAt(now: Date, windowSeconds: number, analyzeSlotSeconds: number): Date {
  const windowMs = windowSeconds * 1000;
  return new Date(Math.floor((now.getTime() - analyzeSlotSeconds * 1000) / windowMs) * windowMs);
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
