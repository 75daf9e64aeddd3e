import type { Metric, Objective, Policy } from '#lib/policy/index.ts';
import type { Calendar } from './calendar.ts';
import { type Distribution, mergeDistributions, nearestRank, valueAtRank } from './quantile.ts';
import type { Scope, SeriesIndex, Span } from './series-index.ts';
import type { VerdictReason } from './verdict.schema.ts';

export type Detail = Record<string, string | number | boolean>;

/** What a confidence bound can be computed from; `none` where the metric has no such bound. */
export type Evidence =
  | { kind: 'proportion'; hits: number; trials: number }
  | { kind: 'distribution'; distribution: Distribution }
  | {
      kind: 'increase';
      hits: number;
      trials: number;
      baseline: { hits: number; trials: number; relative: boolean };
    }
  | { kind: 'none' };

export type AbsentReason = Extract<VerdictReason, 'no_telemetry' | 'too_few_samples' | 'no_baseline'>;

/** One metric over one span: measured, or not and why. Never a sentinel: nothing measured is not 0. */
export type Measurement =
  | { kind: 'present'; value: number; samples: number; evidence: Evidence; detail: Detail }
  | { kind: 'absent'; why: AbsentReason; samples: number; detail: Detail };

export type MetricWindow = Objective['window'];

/** Everything a measurement reads besides its metric. */
export type Measuring = { policy: Policy; index: SeriesIndex; calendar: Calendar };

export const PERCENT = 95; // of the aggregation `p95`

/** The span of window starts that a metric's window covers when evaluated at `atMs` (the end of a window). */
export function spanAt(window: MetricWindow, atMs: number, calendar: Calendar): Span {
  // At midnight the day that has just ended is the calendar day so far.
  if (window.kind === 'calendar_day') return { fromMs: calendar.dayStart(atMs - 1), toMs: atMs };
  return { fromMs: atMs - window.seconds * 1000, toMs: atMs };
}

/**
 * Measures one metric of a phase over its window ending at `atMs` (ANA-1, ANA-2).
 * Units: the metric's (ms, ratio 0..1, count). `minSamples` holds for each step of a moving average; for the other
 * aggregations the caller compares `samples` itself. Errors: RangeError for a metric the policy does not have.
 */
export function measure(
  measuring: Measuring,
  metricId: string,
  scope: Scope,
  window: MetricWindow,
  atMs: number,
  minSamples: number,
): Measurement {
  const metric = metricOf(measuring.policy, metricId);
  const span = spanAt(window, atMs, measuring.calendar);
  switch (metric.aggregation) {
    case 'p95':
      return measurePercentile(measuring, metric, scope, span);
    case 'max':
      return measureMaximum(measuring, metric, scope, span);
    case 'count':
      return measureCount(measuring, metric, scope, span);
    case 'rate':
      return measureRate(measuring, metric, scope, span);
    case 'delta_vs_baseline':
      return measureDelta(measuring, metric, scope, span, atMs);
    case 'moving_average':
      return measureAverage(measuring, metric, scope, window, atMs, minSamples);
  }
}

type MetricOf<A extends Metric['aggregation']> = Extract<Metric, { aggregation: A }>;

function metricOf(policy: Policy, metricId: string): Metric {
  const metric = policy.metrics[metricId];
  if (!metric) throw new RangeError(`the policy has no metric "${metricId}"`);
  return metric;
}

function rateOf(policy: Policy, metricId: string): MetricOf<'rate'> {
  const metric = metricOf(policy, metricId);
  if (metric.aggregation !== 'rate') throw new RangeError(`metric "${metricId}" is not a rate`);
  return metric;
}

const nothing = (detail: Detail = {}): Measurement => ({
  kind: 'absent',
  why: 'no_telemetry',
  samples: 0,
  detail,
});

function measurePercentile(
  { index }: Measuring,
  metric: MetricOf<'p95'>,
  scope: Scope,
  span: Span,
): Measurement {
  const distribution = mergeDistributions(index.rows(scope, metric.of, metric.field, span));
  if (!distribution) return nothing();
  const value = valueAtRank(distribution, nearestRank(distribution.count, PERCENT));
  const evidence = { kind: 'distribution', distribution } as const;
  return { kind: 'present', value, samples: distribution.count, evidence, detail: {} };
}

function measureMaximum(
  { index }: Measuring,
  metric: MetricOf<'max'>,
  scope: Scope,
  span: Span,
): Measurement {
  let samples = 0;
  let value = Number.NEGATIVE_INFINITY;
  for (const row of index.rows(scope, metric.of, metric.field, span)) {
    samples += row.count;
    if (row.count > 0 && row.max !== null) value = Math.max(value, row.max);
  }
  if (samples === 0 || !Number.isFinite(value)) return nothing();
  return { kind: 'present', value, samples, evidence: { kind: 'none' }, detail: {} };
}

/** None counted means 0 only where clients were heard at all (TEL-6); `samples` is how many events were looked through. */
function measureCount(
  { index }: Measuring,
  metric: MetricOf<'count'>,
  scope: Scope,
  span: Span,
): Measurement {
  const value = metric.of.reduce((sum, selector) => sum + index.total(scope, selector, span), 0);
  const samples = Math.max(index.clientEvents(scope, span), Math.ceil(value));
  if (samples === 0) return nothing();
  return { kind: 'present', value, samples, evidence: { kind: 'none' }, detail: {} };
}

type Fraction = { numerator: number; denominator: number; samples: number };

/** Numerator and denominator of a rate over a span, and the size of its sample in events. */
export function fractionOf(index: SeriesIndex, metric: MetricOf<'rate'>, scope: Scope, span: Span): Fraction {
  const add = (selectors: MetricOf<'rate'>['numerator']) =>
    selectors.reduce((sum, selector) => sum + index.total(scope, selector, span), 0);
  // The size of a sample is in events, also where hunks are what is added up.
  const events = metric.denominator.map(({ sum: _, ...selector }) => selector);
  return { numerator: add(metric.numerator), denominator: add(metric.denominator), samples: add(events) };
}

/** Weights make it no longer a count of independent trials; more hits than trials is no proportion. */
function isProportion(metric: MetricOf<'rate'>, of: Pick<Fraction, 'numerator' | 'denominator'>): boolean {
  const weighted = [...metric.numerator, ...metric.denominator].some((s) => s.sum !== undefined);
  return !weighted && of.numerator <= of.denominator;
}

function measureRate({ index }: Measuring, metric: MetricOf<'rate'>, scope: Scope, span: Span): Measurement {
  const { numerator, denominator, samples } = fractionOf(index, metric, scope, span);
  if (!(denominator > 0)) return nothing();
  return {
    kind: 'present',
    value: numerator / denominator,
    samples,
    evidence: isProportion(metric, { numerator, denominator })
      ? { kind: 'proportion', hits: numerator, trials: denominator }
      : { kind: 'none' },
    detail: { numerator, denominator },
  };
}

/** Increase of a rate over the pooled rate of the baseline phases in the baseline's own trailing window. */
function measureDelta(
  { policy, index }: Measuring,
  metric: MetricOf<'delta_vs_baseline'>,
  scope: Scope,
  span: Span,
  atMs: number,
): Measurement {
  const rate = rateOf(policy, metric.of);
  const current = fractionOf(index, rate, scope, span);
  if (!(current.denominator > 0)) return nothing();
  const { phases, windowSeconds, minSamples } = metric.baseline;
  const baselineSpan = { fromMs: atMs - windowSeconds * 1000, toMs: atMs };
  const pooled = phases
    // A baseline outlives the stay in its phase.
    .map((phase) => ({ rolloutId: scope.rolloutId, phase, sinceMs: Number.NEGATIVE_INFINITY }))
    .map((baselineScope) => fractionOf(index, rate, baselineScope, baselineSpan))
    .reduce((sum, part) => ({
      numerator: sum.numerator + part.numerator,
      denominator: sum.denominator + part.denominator,
      samples: sum.samples + part.samples,
    }));
  const rates: Detail = {
    rate: current.numerator / current.denominator,
    baseline_samples: pooled.samples,
    baseline_min_samples: minSamples,
  };
  if (!(pooled.denominator > 0) || pooled.samples < minSamples)
    return { kind: 'absent', why: 'no_baseline', samples: current.samples, detail: rates };
  // A baseline without a single bad event has no rate to grow from: half an event stands in for "fewer than one".
  const corrected = metric.mode === 'relative' && pooled.numerator === 0;
  const baselineHits = corrected ? 0.5 : pooled.numerator;
  // Over a common denominator, so that +5 % is 0.05 and not 0.05000000000000004.
  const difference = current.numerator * pooled.denominator - baselineHits * current.denominator;
  const against = metric.mode === 'relative' ? baselineHits : pooled.denominator;
  return {
    kind: 'present',
    value: difference / (current.denominator * against),
    samples: current.samples,
    evidence:
      isProportion(rate, current) && isProportion(rate, pooled)
        ? {
            kind: 'increase',
            hits: current.numerator,
            trials: current.denominator,
            baseline: {
              hits: pooled.numerator,
              trials: pooled.denominator,
              relative: metric.mode === 'relative',
            },
          }
        : { kind: 'none' },
    detail: {
      ...rates,
      baseline_rate: baselineHits / pooled.denominator,
      ...(corrected ? { baseline_corrected: true } : {}),
    },
  };
}

/** Mean of a rate over consecutive steps that fill the window; whole-day steps are calendar days already over. */
function measureAverage(
  { policy, index, calendar }: Measuring,
  metric: MetricOf<'moving_average'>,
  scope: Scope,
  window: MetricWindow,
  atMs: number,
  minSamples: number,
): Measurement {
  const rate = rateOf(policy, metric.of);
  const windowSeconds = window.kind === 'trailing' ? window.seconds : 86_400;
  const steps = Math.max(1, Math.floor(windowSeconds / metric.stepSeconds));
  const stepDays = metric.stepSeconds / 86_400;
  const edge = Number.isInteger(stepDays)
    ? (stepsBack: number) => calendar.addDays(calendar.dayStart(atMs), -stepsBack * stepDays)
    : (stepsBack: number) => atMs - stepsBack * metric.stepSeconds * 1000;
  const parts = Array.from({ length: steps }, (_, i) =>
    fractionOf(index, rate, scope, { fromMs: edge(i + 1), toMs: edge(i) }),
  );
  const samples = parts.reduce((sum, part) => sum + part.samples, 0);
  const usable = parts.filter((part) => part.denominator > 0 && part.samples >= minSamples);
  const detail = { steps, steps_with_samples: usable.length };
  if (samples === 0) return nothing(detail);
  if (usable.length < steps) return { kind: 'absent', why: 'too_few_samples', samples, detail };
  const value = usable.reduce((sum, part) => sum + part.numerator / part.denominator, 0) / steps;
  return { kind: 'present', value, samples, evidence: { kind: 'none' }, detail };
}
