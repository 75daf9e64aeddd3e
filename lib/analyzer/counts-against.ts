import type { Metric, Policy, Selector } from '#lib/policy/index.ts';

type Dims = Readonly<Record<string, string | boolean>>;

function matches(selector: Selector, event: string, dims: Dims): boolean {
  return (
    selector.event === event &&
    Object.entries(selector.where).every(([field, wanted]) => {
      const value = dims[field];
      return value !== undefined && (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);
    })
  );
}

/** Whether one event makes a metric worse: it is counted where fewer are better, or is missing where more are. */
function worsens(metric: Metric, event: string, dims: Dims): boolean {
  const among = (selectors: readonly Selector[]) =>
    selectors.some((selector) => matches(selector, event, dims));
  switch (metric.aggregation) {
    case 'count':
      return metric.better === 'lower' && among(metric.of);
    case 'rate':
      return metric.better === 'lower'
        ? among(metric.numerator)
        : among(metric.denominator) && !among(metric.numerator);
    default:
      return false; // of values or of other metrics: single events are not for or against them
  }
}

/**
 * The metrics that single events count against, in the order of the policy; those with a limit in one of the rollout's
 * phases and no others, so that what only needed a second try is no failure. Pure.
 */
export function countsAgainst(policy: Policy, rolloutId: string): (event: string, dims: Dims) => string[] {
  const judged = new Set(
    policy.rollouts[rolloutId]?.phases.flatMap(({ objectives }) => objectives.map(({ metric }) => metric)),
  );
  // An increase or an average over another metric is judged by that metric's events.
  const watched = Object.entries(policy.metrics).filter(
    ([id]) =>
      judged.has(id) ||
      Object.entries(policy.metrics).some(
        ([other, metric]) => judged.has(other) && 'of' in metric && metric.of === id,
      ),
  );
  return (event, dims) => watched.flatMap(([id, metric]) => (worsens(metric, event, dims) ? [id] : []));
}
