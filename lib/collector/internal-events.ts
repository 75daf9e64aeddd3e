import type { Policy } from '#lib/policy/index.ts';
import type { CycleStage, PlannedCycle } from './cycles.ts';

export type RunningRollout = { rolloutId: string; phase: string };

/**
 * What the Collector says of itself for one window (TEL-7), as NDJSON lines that are counted like any other.
 * Units: `duration_ms` from the window's end to the end of its collection. The events carry the window's last
 * millisecond, because they speak about that window. A window that is made up for has no schedule to be late for:
 * it only reports a delay past `delayedAfterSeconds`.
 */
export function collectorEventLines(
  cycle: PlannedCycle,
  collectedAt: Date,
  rollouts: readonly RunningRollout[],
  policy: Policy,
): string[] {
  const durationMs = Math.max(0, collectedAt.getTime() - cycle.windowEnd.getTime());
  const delayed = durationMs > policy.cycle.delayedAfterSeconds * 1000;
  const events = [
    ...(cycle.origin === 'scheduled' ? ['collector.latency'] : []),
    ...(delayed ? ['collector.delayed'] : []),
  ];
  const ts = new Date(cycle.windowEnd.getTime() - 1).toISOString();
  return rollouts.flatMap(({ rolloutId, phase }) =>
    events.map((event) =>
      JSON.stringify({
        ts,
        component: 'collector',
        event,
        rollout: rolloutId,
        phase,
        duration_ms: durationMs,
        collected_at: collectedAt.toISOString(),
      }),
    ),
  );
}

/**
 * That a stage of a window's cycle ended past its deadline (COL-4), as NDJSON lines. Like a recheck they carry the time of that,
 * not of their window, whose verdict they must not touch. Units: `duration_ms` from the window's end to the end of the stage.
 */
export function missedDeadlineLines(
  stage: CycleStage,
  windowEnd: Date,
  endedAt: Date,
  rollouts: readonly RunningRollout[],
): string[] {
  return rollouts.map(({ rolloutId, phase }) =>
    JSON.stringify({
      ts: endedAt.toISOString(),
      component: 'collector',
      event: 'collector.deadline.missed',
      rollout: rolloutId,
      phase,
      stage,
      duration_ms: endedAt.getTime() - windowEnd.getTime(),
      window_end: windowEnd.toISOString(),
    }),
  );
}

export type RecheckedWindow = {
  rolloutId: string;
  phase: string;
  windowStart: string;
  looks: number;
  unread: number;
  outcome: 'confirmed' | 'withdrawn';
};

/**
 * That a violation was judged again (ANA-6), as an NDJSON line. It carries the time of that, not of its window, whose verdict
 * it must not touch.
 */
export function recheckLine(rechecked: RecheckedWindow, at: Date): string {
  const { rolloutId, phase, windowStart, looks, unread, outcome } = rechecked;
  return JSON.stringify({
    ts: at.toISOString(),
    component: 'analyzer',
    event: 'analyzer.recheck.completed',
    rollout: rolloutId,
    phase,
    looks,
    unread,
    outcome,
    window_start: windowStart,
  });
}
