import { findPhase, type Metric, type Policy } from '#lib/policy/index.ts';
import { ruleReachMs } from './violation-rule.ts';
import { watchedMetrics } from './watched-metrics.ts';

const DAY_MS = 86_400_000;

/** What a judge of one phase reads besides the judged window itself. */
export type LookBack = {
  /** How far before the window's end the phase's own windows are needed. */
  phaseMs: number;
  /** Phases that baselines are pooled from: how far back, and the events they read. One entry for each phase. */
  baselines: { phase: string; windowMs: number; events: string[] }[];
};

/** How much telemetry judging a phase needs, from its objectives, their rules, and the metrics watched beside them. */
export function lookBack(policy: Policy, rolloutId: string, phaseId: string): LookBack {
  const phase = findPhase(policy, rolloutId, phaseId);
  if (!phase) throw new RangeError(`the policy has no phase "${phaseId}" in rollout "${rolloutId}"`);
  const uses = [
    ...phase.objectives.map((objective) => ({
      metric: objective.metric,
      window: objective.window,
      // One cadence more: between evaluations the last one is repeated.
      reachMs: ruleReachMs(objective) + objective.everySeconds * 1000,
    })),
    ...watchedMetrics(policy, rolloutId, phaseId).map((watched) => ({ ...watched, reachMs: 0 })),
  ];
  const spans = uses.map(({ metric, window, reachMs }) => {
    const windowMs = window.kind === 'trailing' ? window.seconds * 1000 : 0;
    // A calendar day, and steps of whole days, begin up to a day (25 h where clocks change) before what they are named for.
    const calendarMs =
      window.kind === 'calendar_day' || policy.metrics[metric]?.aggregation === 'moving_average'
        ? 2 * DAY_MS
        : 0;
    return windowMs + calendarMs + reachMs;
  });
  return {
    phaseMs: Math.max(policy.cycle.windowSeconds * 1000, ...spans),
    baselines: baselinesOf(
      policy,
      uses.map((use) => use.metric),
    ),
  };
}

function baselinesOf(policy: Policy, metricIds: readonly string[]): LookBack['baselines'] {
  const byPhase = new Map<string, { windowMs: number; events: Set<string> }>();
  for (const id of metricIds) {
    const metric = policy.metrics[id];
    if (metric?.aggregation !== 'delta_vs_baseline') continue;
    for (const phase of metric.baseline.phases) {
      const known = byPhase.get(phase) ?? { windowMs: 0, events: new Set<string>() };
      byPhase.set(phase, {
        windowMs: Math.max(known.windowMs, metric.baseline.windowSeconds * 1000),
        events: new Set([...known.events, ...eventsOf(policy.metrics[metric.of])]),
      });
    }
  }
  return [...byPhase].map(([phase, { windowMs, events }]) => ({ phase, windowMs, events: [...events] }));
}

function eventsOf(metric: Metric | undefined): string[] {
  return metric?.aggregation === 'rate'
    ? [...new Set([...metric.numerator, ...metric.denominator].map((selector) => selector.event))]
    : [];
}
