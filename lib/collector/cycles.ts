import type { Policy } from '#lib/policy/index.ts';

type CyclePolicy = Policy['cycle'];

export type CycleOrigin = 'scheduled' | 'catch_up';
export type PlannedCycle = { windowStart: Date; windowEnd: Date; origin: CycleOrigin };
export type CycleStage = 'collect' | 'analyze' | 'report';

/** What decides which windows are missing: the newest one that has a row, and where telemetry begins. */
export type CycleKnowledge = { newestPlanned: Date | null; oldestTelemetry: Date | null };

/**
 * The closed windows that have no cycle yet, oldest first (COL-3). Pure.
 * Window: [start, end) UTC; a window is closed once `now` has reached its end. Nothing older than `catchUpSeconds`
 * is made up for, and nothing is planned before the first telemetry: history is judged from where it begins.
 * `scheduled` is only the newest closed window planned on time while the schedule was already running; everything else is
 * made up for later (`catch_up`) and sends no collector.latency: Phasegate's own standstill must not step users back.
 */
export function missingCycles(known: CycleKnowledge, now: Date, cycle: CyclePolicy): PlannedCycle[] {
  const sizeMs = cycle.windowSeconds * 1000;
  const openStart = Math.floor(now.getTime() / sizeMs) * sizeMs;
  const horizon = Math.floor((now.getTime() - cycle.catchUpSeconds * 1000) / sizeMs) * sizeMs;
  const first = firstMissing(known, sizeMs);
  if (first === null) return [];
  const planned: PlannedCycle[] = [];
  for (let start = Math.max(first, horizon); start < openStart; start += sizeMs) {
    const end = start + sizeMs;
    const onTime =
      known.newestPlanned !== null &&
      end === openStart &&
      now.getTime() - end <= cycle.onTimeWithinSeconds * 1000;
    planned.push({
      windowStart: new Date(start),
      windowEnd: new Date(end),
      origin: onTime ? 'scheduled' : 'catch_up',
    });
  }
  return planned;
}

function firstMissing(known: CycleKnowledge, sizeMs: number): number | null {
  if (known.newestPlanned !== null) return known.newestPlanned.getTime() + sizeMs;
  if (known.oldestTelemetry === null) return null;
  return Math.floor(known.oldestTelemetry.getTime() / sizeMs) * sizeMs;
}

/** Whether a stage that ended at `endedAt` was past its deadline (COL-4); slots are seconds after the window's end. */
export function missedSlot(stage: CycleStage, windowEnd: Date, endedAt: Date, cycle: CyclePolicy): boolean {
  return endedAt.getTime() - windowEnd.getTime() > cycle.slotSeconds[stage] * 1000;
}
