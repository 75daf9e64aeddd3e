import type { EventCatalogue } from '../events.schema.ts';
import type { Policy } from '../policy.schema.ts';
import type { Metric, Selector } from '../sections/metric.schema.ts';
import { type CrossIssue, unknown } from './issue.ts';

/** Metrics that can be computed: from events, fields and metrics that there are. */
export function checkMetrics(policy: Policy, catalogue: EventCatalogue): CrossIssue[] {
  return Object.entries(policy.metrics).flatMap(([id, metric]) =>
    checkMetric(['metrics', id], metric, policy, catalogue),
  );
}

function selectorsOf(metric: Metric): { path: PropertyKey[]; selector: Selector }[] {
  switch (metric.aggregation) {
    case 'p95':
    case 'max':
      return [{ path: ['of'], selector: metric.of }];
    case 'count':
      return metric.of.map((selector, i) => ({ path: ['of', i], selector }));
    case 'rate':
      return [
        ...metric.numerator.map((selector, i) => ({ path: ['numerator', i], selector })),
        ...metric.denominator.map((selector, i) => ({ path: ['denominator', i], selector })),
      ];
    default:
      return [];
  }
}

function checkMetric(
  path: PropertyKey[],
  metric: Metric,
  policy: Policy,
  catalogue: EventCatalogue,
): CrossIssue[] {
  const issues = selectorsOf(metric).flatMap((s) =>
    checkSelector([...path, ...s.path], s.selector, catalogue),
  );
  if (metric.aggregation === 'p95' || metric.aggregation === 'max') {
    const event = catalogue.events[metric.of.event];
    const field = event?.fields[metric.field];
    if (event && !field)
      issues.push(unknown([...path, 'field'], 'field', metric.field, Object.keys(event.fields)));
    else if (
      metric.aggregation === 'p95' &&
      field &&
      !(field.type !== 'boolean' && field.type !== 'string' && field.measure === 'histogram')
    )
      issues.push({
        path: [...path, 'field'],
        message: `a percentile needs "measure: histogram" on ${metric.field} in events.yaml`,
      });
  }
  if (metric.aggregation === 'delta_vs_baseline' || metric.aggregation === 'moving_average') {
    const base = policy.metrics[metric.of];
    if (!base) issues.push(unknown([...path, 'of'], 'metric', metric.of, Object.keys(policy.metrics)));
    else if (base.aggregation !== 'rate')
      issues.push({ path: [...path, 'of'], message: `${metric.of} is not a rate` });
  }
  if (metric.aggregation === 'delta_vs_baseline') {
    const phases = Object.values(policy.rollouts).flatMap((r) => r.phases.map((p) => p.id));
    metric.baseline.phases.forEach((phase, i) => {
      if (!phases.includes(phase))
        issues.push(unknown([...path, 'baseline', 'phases', i], 'phase', phase, phases));
    });
  }
  return issues;
}

function checkSelector(path: PropertyKey[], selector: Selector, catalogue: EventCatalogue): CrossIssue[] {
  const event = catalogue.events[selector.event];
  if (!event) return [unknown([...path, 'event'], 'event', selector.event, Object.keys(catalogue.events))];
  const dimensions = [
    ...Object.entries(event.fields).flatMap(([name, f]) =>
      (f.type === 'boolean' || f.type === 'string') && f.dimension ? [name] : [],
    ),
    ...Object.entries(event.derived).flatMap(([name, d]) => ('greaterThan' in d ? [name] : [])),
  ];
  const sums = [
    ...Object.entries(event.fields).flatMap(([name, f]) =>
      f.type !== 'boolean' && f.type !== 'string' && f.measure !== 'none' ? [name] : [],
    ),
    ...Object.entries(event.derived).flatMap(([name, d]) => ('product' in d ? [name] : [])),
  ];
  const issues = Object.keys(selector.where)
    .filter((field) => !dimensions.includes(field))
    .map((field) => unknown([...path, 'where', field], 'dimension', field, dimensions));
  if (selector.sum !== undefined && !sums.includes(selector.sum))
    issues.push(unknown([...path, 'sum'], 'measured field', selector.sum, sums));
  return issues;
}
