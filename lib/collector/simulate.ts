import type { EventCatalogue, Metric, Objective, Policy, Selector } from '#lib/policy/index.ts';

type Governance = { policy: Policy; catalogue: EventCatalogue };
export type SimulationTarget = { rolloutId: string; phase: string };

/** Past the limit by this much, so that no rounding of a histogram makes it look kept. */
const PAST_LIMIT = 1.5;
/** Enough for every minimum sample size that is not set higher by the objective. */
const EXTRA_SAMPLES = 20;

/** A breach that cannot be simulated; the message says what can. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}

/**
 * Event lines that break one objective of a phase (COL-7). Every line is tagged `dry_run`, so that it is recorded and never
 * judged (TEL-11). Without `metric`, the first objective that decides. Errors: {@link SimulationError}.
 */
export function breachLines(
  target: SimulationTarget,
  metric: string | undefined,
  at: Date,
  { policy, catalogue }: Governance,
): string[] {
  const objectives =
    policy.rollouts[target.rolloutId]?.phases.find((phase) => phase.id === target.phase)?.objectives ?? [];
  const objective = objectives.find((o) => (metric === undefined ? !o.shadow : o.metric === metric));
  if (!objective)
    throw new SimulationError(
      `phase ${target.phase} has no objective on ${metric ?? 'any metric'}; it has ${objectives.map((o) => o.metric).join(', ')}`,
    );
  const definition = baseMetric(policy, objective.metric);
  if (!definition) throw new SimulationError(`metric ${objective.metric} is not defined`);
  const events = breachEvents(definition, objective, catalogue);
  return events.map((event) => toLine(event, target, at, catalogue));
}

/** A collection that came `latencySeconds` late, as the Collector would report it (TEL-7). */
export function latencyLines(
  target: SimulationTarget,
  latencySeconds: number,
  at: Date,
  { policy, catalogue }: Governance,
): string[] {
  const fields = { duration_ms: latencySeconds * 1000 };
  const delayed = latencySeconds > policy.cycle.delayedAfterSeconds ? ['collector.delayed'] : [];
  return ['collector.latency', ...delayed].map((event) => toLine({ event, fields }, target, at, catalogue));
}

type SimulatedEvent = { event: string; fields: Record<string, unknown> };

/** The metric that events speak of: a difference or an average is broken through the rate it is made of. */
function baseMetric(policy: Policy, id: string): Metric | undefined {
  const metric = policy.metrics[id];
  if (metric?.aggregation === 'delta_vs_baseline' || metric?.aggregation === 'moving_average')
    return policy.metrics[metric.of];
  return metric;
}

function breachEvents(metric: Metric, objective: Objective, catalogue: EventCatalogue): SimulatedEvent[] {
  const samples = objective.minSamples + EXTRA_SAMPLES;
  const repeat = (event: SimulatedEvent): SimulatedEvent[] => Array.from({ length: samples }, () => event);
  switch (metric.aggregation) {
    case 'p95':
    case 'max':
      return repeat(
        eventOf(metric.of, catalogue, { [metric.field]: Math.max(1, objective.limit.value * PAST_LIMIT) }),
      );
    case 'count': {
      const [selector] = metric.of;
      return selector
        ? repeat(eventOf(selector, catalogue)).slice(0, Math.floor(objective.limit.value) + 1)
        : [];
    }
    case 'rate':
      return rateEvents(metric, metric.better === 'lower', catalogue).flatMap(repeat);
    default:
      return [];
  }
}

/** Lower is better: only what the numerator counts, where the denominator counts it too. Higher is better: nothing it counts. */
function rateEvents(
  metric: Extract<Metric, { aggregation: 'rate' }>,
  lowerIsBetter: boolean,
  catalogue: EventCatalogue,
): SimulatedEvent[] {
  const [numerator] = metric.numerator;
  const [denominator] = metric.denominator;
  if (!numerator || !denominator) return [];
  if (!lowerIsBetter) return [eventOf(numerator, catalogue, {}, true)];
  const counted = metric.denominator.some((selector) => selector.event === numerator.event);
  return [eventOf(numerator, catalogue), ...(counted ? [] : [eventOf(denominator, catalogue)])];
}

/** One event with every required field, that the selector chooses, or (`opposite`) just does not. */
function eventOf(
  selector: Selector,
  catalogue: EventCatalogue,
  overrides: Record<string, unknown> = {},
  opposite = false,
): SimulatedEvent {
  const definition = catalogue.events[selector.event];
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(definition?.fields ?? {})) {
    if (field.type === 'boolean') fields[name] = true;
    else if (field.type === 'string') fields[name] = field.values?.[0] ?? 'simulated';
    else fields[name] = Math.max(1, field.min ?? 0);
    if (!field.required && !(name in selector.where) && field.type !== 'integer') delete fields[name];
  }
  for (const [name, wanted] of Object.entries(selector.where)) {
    const value = Array.isArray(wanted) ? wanted[0] : wanted;
    const derived = definition?.derived[name];
    const chosen = opposite && typeof value === 'boolean' ? !value : value;
    if (derived && 'greaterThan' in derived)
      fields[derived.greaterThan[0]] = chosen ? derived.greaterThan[1] + 1 : 0;
    else fields[name] = chosen;
  }
  if (opposite && selector.sum !== undefined) fields[selector.sum] = 0;
  return { event: selector.event, fields: { ...fields, ...overrides } };
}

function toLine(
  { event, fields }: SimulatedEvent,
  target: SimulationTarget,
  at: Date,
  catalogue: EventCatalogue,
): string {
  const definition = catalogue.events[event];
  const component = definition?.component ?? '';
  const feature = catalogue.features.find((name) => name === component) ?? catalogue.features[0];
  return JSON.stringify({
    ts: at.toISOString(),
    component,
    event,
    ...(definition?.featureRequired ? { feature } : {}),
    phase: target.phase,
    rollout: target.rolloutId,
    dry_run: true,
    ...fields,
  });
}
