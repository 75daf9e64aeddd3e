import { hash } from 'node:crypto';
import { findPhase, type LoadedPolicy, type Metric, type Policy } from '#lib/policy/index.ts';

type Governance = Pick<LoadedPolicy, 'policy' | 'catalogue'>;

/**
 * The hash of what decides whether a window of this phase meets its SLO (PHA-4): its deciding objectives, the metrics they
 * use, how those events' fields are derived, what is kept out, and the length of a window. Labels, approvers, channels and
 * objectives that are only watched are left out: changing them leaves a run of met windows as it is.
 * null: this policy has no such phase.
 */
export function judgingRulesHash(
  { policy, catalogue }: Governance,
  rolloutId: string,
  phaseId: string,
): string | null {
  const phase = findPhase(policy, rolloutId, phaseId);
  if (!phase) return null;
  const objectives = phase.objectives.filter(({ shadow }) => !shadow);
  const metrics = metricsUsed(
    policy,
    objectives.map(({ metric }) => metric),
  );
  const events = new Set(metrics.flatMap(([, metric]) => eventsOf(metric)));
  const byDay = objectives.some(
    ({ metric, window }) =>
      window.kind === 'calendar_day' || policy.metrics[metric]?.aggregation === 'moving_average',
  );
  return hash(
    'sha256',
    JSON.stringify({
      windowSeconds: policy.cycle.windowSeconds,
      timezone: byDay ? policy.timezone : null,
      objectives,
      metrics: metrics.map(([id, { label, description, ...judging }]) => [id, judging]),
      derived: [...events].sort().map((event) => [event, catalogue.events[event]?.derived ?? {}]),
      exclusions: policy.telemetry.exclusions.filter(
        ({ event, phases }) =>
          (event === undefined || events.has(event)) && (phases === undefined || phases.includes(phaseId)),
      ),
    }),
    'hex',
  );
}

/** The metrics of that name and those they are computed from, by name. */
function metricsUsed(policy: Policy, names: readonly string[]): [string, Metric][] {
  const found = new Map<string, Metric>();
  const add = (name: string): void => {
    const metric = policy.metrics[name];
    if (!metric || found.has(name)) return;
    found.set(name, metric);
    if (metric.aggregation === 'delta_vs_baseline' || metric.aggregation === 'moving_average') add(metric.of);
  };
  for (const name of names) add(name);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function eventsOf(metric: Metric): string[] {
  switch (metric.aggregation) {
    case 'p95':
    case 'max':
      return [metric.of.event];
    case 'count':
      return metric.of.map(({ event }) => event);
    case 'rate':
      return [...metric.numerator, ...metric.denominator].map(({ event }) => event);
    default:
      return [];
  }
}
