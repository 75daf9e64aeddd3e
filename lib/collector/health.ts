import type { Policy } from '#lib/policy/index.ts';
import type { SourceProblem } from './totals.ts';

/** Whether the Collector can see. `waiting`: no telemetry has ever arrived. */
export type CollectorHealth = {
  state: 'waiting' | 'watching' | 'blind';
  blind: boolean;
  /** The end of the newest window that was collected (ISO, UTC) and its age. */
  newestWindowEnd: string | null;
  ageSeconds: number | null;
  dueWindows: number;
  problems: SourceProblem[];
  lastReadAt: string | null;
  /** Since when a person has paused collection (ISO, UTC). */
  pausedSince: string | null;
};

/**
 * Blind once the newest collected window ended longer ago than `staleAfterSeconds`, or when windows are due that long and none
 * was ever collected, or when a person has paused collection for longer than may pass in silence (COL-9): no evidence is never
 * good news.
 */
export function collectorHealthOf(
  facts: {
    newestWindowEnd: Date | null;
    oldestDueEnd: Date | null;
    dueWindows: number;
    problems: SourceProblem[];
    lastReadAt: Date | null;
    pausedSince: Date | null;
  },
  now: Date,
  cycle: Policy['cycle'],
): CollectorHealth {
  const ageOf = (at: Date | null): number | null =>
    at === null ? null : (now.getTime() - at.getTime()) / 1000;
  const ageSeconds = ageOf(facts.newestWindowEnd);
  const waitedSeconds = ageSeconds ?? ageOf(facts.oldestDueEnd);
  const pausedForLong = (ageOf(facts.pausedSince) ?? 0) > cycle.pauseWarnAfterSeconds;
  const blind = pausedForLong || (waitedSeconds !== null && waitedSeconds > cycle.staleAfterSeconds);
  return {
    state: blind ? 'blind' : waitedSeconds === null ? 'waiting' : 'watching',
    blind,
    newestWindowEnd: facts.newestWindowEnd?.toISOString() ?? null,
    ageSeconds,
    dueWindows: facts.dueWindows,
    problems: facts.problems,
    lastReadAt: facts.lastReadAt?.toISOString() ?? null,
    pausedSince: facts.pausedSince?.toISOString() ?? null,
  };
}
