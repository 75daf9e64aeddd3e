import type { Objective, Policy } from '#lib/policy/index.ts';

export type WatchedMetric = { metric: string; window: Objective['window'] };

/**
 * The metrics that a rollout's panels show and a phase does not judge, each with the window in which another phase
 * judges it (of this rollout first, then of any), or one cycle where none does.
 */
export function watchedMetrics(policy: Policy, rolloutId: string, phaseId: string): WatchedMetric[] {
  const rollout = policy.rollouts[rolloutId];
  if (!rollout) return [];
  const judged = new Set(
    rollout.phases.find((phase) => phase.id === phaseId)?.objectives.map((objective) => objective.metric),
  );
  const shown = rollout.panels.flatMap((panel) => {
    const { chart = [], figures = [] } = policy.panels[panel] ?? {};
    return [...chart, ...figures];
  });
  const objectives = [rollout, ...Object.values(policy.rollouts)].flatMap((owner) =>
    owner.phases.flatMap((phase) => phase.objectives),
  );
  return [...new Set(shown)]
    .filter((metric) => !judged.has(metric))
    .map((metric) => ({
      metric,
      window:
        objectives.find((objective) => objective.metric === metric)?.window ?? ownWindow(policy, metric),
    }));
}

function ownWindow(policy: Policy, metricId: string): Objective['window'] {
  const metric = policy.metrics[metricId];
  const seconds = metric?.aggregation === 'moving_average' ? metric.stepSeconds : policy.cycle.windowSeconds;
  return { kind: 'trailing', seconds };
}
