import type { HistoryStep } from '#lib/rollouts/server.ts';

export type DemoSpan = { phase: string; start: Date; end: Date };
export type DemoBreach = { metric: string; phase: string; start: Date; end: Date };
export type DemoTimeline = {
  histories: Record<string, HistoryStep[]>;
  /** Which phase sends telemetry when; both rollouts at once. */
  spans: DemoSpan[];
  /** What went wrong, and why the past has rollbacks in it. */
  breaches: DemoBreach[];
};

const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 60 * 60_000;

type Step = [hoursAgo: number, phase: string, kind: HistoryStep['kind'], reason: string];

const STEPS: Record<string, readonly Step[]> = {
  'autosave-merge': [
    [72, 'A-0', 'start', 'sample: the baseline without AutoSave'],
    [60, 'A-1', 'promotion', 'sample: baseline reviewed'],
    [48, 'A-2', 'promotion', 'sample: eight windows met'],
    [35.25, 'A-1', 'rollback', 'sample: restores failed in A-2'],
    [29, 'A-2', 'promotion', 'sample: restores recovered'],
    [13, 'B-0', 'promotion', 'sample: 24 hours met'],
  ],
  autosave: [
    [72, 'A', 'start', 'sample: 5 % canary'],
    [52, 'B', 'promotion', 'sample: eight windows met'],
    [38.75, 'A', 'rollback', 'sample: saves failed in B'],
    [31, 'B', 'promotion', 'sample: eight windows met'],
  ],
};

/**
 * The three days before `now` that the demo starts with: two rollouts on their way, each stepped back once. One has met its
 * 24 hours and waits for people; the other is on its way through them.
 * Pure; every time lies on a window's boundary.
 */
export function demoTimeline(now: Date): DemoTimeline {
  const end = new Date(Math.floor(now.getTime() / QUARTER_MS) * QUARTER_MS);
  const ago = (hours: number) => new Date(end.getTime() - hours * HOUR_MS);
  const histories = Object.fromEntries(
    Object.entries(STEPS).map(([rollout, steps]) => [
      rollout,
      steps.map(([hours, phase, kind, reason]): HistoryStep => ({ phase, kind, reason, at: ago(hours) })),
    ]),
  );
  const spans = Object.values(histories).flatMap((steps) =>
    steps.map((step, i): DemoSpan => ({ phase: step.phase, start: step.at, end: steps[i + 1]?.at ?? end })),
  );
  return {
    histories,
    spans,
    breaches: [
      { metric: 'restore_success_rate', phase: 'A-2', start: ago(36.25), end: ago(35.25) },
      { metric: 'save_error_rate', phase: 'B', start: ago(39), end: ago(38.75) },
    ],
  };
}
