import type { EventCatalogue, Limit, Metric, Policy } from '#lib/policy/index.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { isCeiling } from './limit.ts';
import { fractionOf, PERCENT } from './measure.ts';
import { countPast, mergeDistributions } from './quantile.ts';
import { indexSeries, type Scope, type SeriesIndex, type Span } from './series-index.ts';
import type { MetricVerdict, PhaseVerdict } from './verdict.schema.ts';

/** What an objective is a share of, and how large that share has to be. */
export type Share = { basis: 'events' | 'windows'; targetRatio: number };

/**
 * Good and bad of one objective in one 15-minute window (DASH-4). `events`: of its own events; `windows`: of windows.
 * Windows do not overlap, so slices may be added up. Both counts 0: the window was looked at and nothing could be told.
 */
export type Slice = Share & {
  phase: string;
  metric: string;
  windowStart: string;
  goodCount: number;
  badCount: number;
  policyHash: string;
};

type Deciding = MetricVerdict & { limit: number; limit_kind: Limit['kind'] };

/**
 * How an objective is counted (DASH-4): a rate by its events, with the limit as the share that may be bad (lower is better)
 * or must be good; a P95 under a ceiling by its events, 95 % of which must be at the limit or below; everything else by
 * windows, of which the policy says how many must meet it.
 */
export function shareOf(policy: Policy, metric: Metric, limit: Limit): Share {
  if (metric.aggregation === 'rate') return ofEvents(isCeiling(limit) ? 1 - limit.value : limit.value);
  if (metric.aggregation === 'p95' && isCeiling(limit)) return ofEvents(PERCENT / 100);
  return { basis: 'windows', targetRatio: policy.slo.windowsTarget };
}

function ofEvents(target: number): Share {
  // 1 − 0.003 as 0.997, and a limit beyond 0..1 as the nearest share there is.
  return { basis: 'events', targetRatio: Math.min(1, Math.max(0, Number(target.toPrecision(12)))) };
}

/**
 * Slices of verdicts from the windows they are about; limits are those of the verdict, not of today's policy, so that a
 * verdict of long ago can be counted, too. One slice for each objective that decides; a metric that the policy does not
 * have any more has none. Pure.
 */
export function createSlicer(input: {
  policy: Policy;
  catalogue: EventCatalogue;
  series: readonly WindowSeries[];
}): (verdict: PhaseVerdict) => Slice[] {
  const { policy, catalogue, series } = input;
  const index = indexSeries(series, catalogue);
  return (verdict) => {
    const scope = { rolloutId: verdict.rollout, phase: verdict.phase, sinceMs: Number.NEGATIVE_INFINITY };
    const span = { fromMs: Date.parse(verdict.window.start), toMs: Date.parse(verdict.window.end) };
    const slices = verdict.metrics.filter(isDeciding).flatMap((judged): Slice[] => {
      const metric = policy.metrics[judged.metric];
      if (!metric) return [];
      const share = shareOf(policy, metric, { kind: judged.limit_kind, value: judged.limit });
      const counts =
        share.basis === 'events' ? countEvents(index, metric, judged, scope, span) : countWindow(judged);
      const { phase, policy_version: policyHash } = verdict;
      return [
        { phase, metric: judged.metric, windowStart: verdict.window.start, ...share, ...counts, policyHash },
      ];
    });
    // An objective is known by its metric; of two on one metric the first counts.
    return slices.filter((slice, i) => slices.findIndex(({ metric }) => metric === slice.metric) === i);
  };
}

function isDeciding(judged: MetricVerdict): judged is Deciding {
  return !judged.shadow && judged.limit !== null && judged.limit_kind !== null;
}

type Counts = Pick<Slice, 'goodCount' | 'badCount'>;

function countWindow({ met }: MetricVerdict): Counts {
  return { goodCount: met === true ? 1 : 0, badCount: met === false ? 1 : 0 };
}

function countEvents(index: SeriesIndex, metric: Metric, judged: Deciding, scope: Scope, span: Span): Counts {
  const limit = { kind: judged.limit_kind, value: judged.limit };
  if (metric.aggregation === 'rate') {
    const { numerator, denominator } = fractionOf(index, metric, scope, span);
    const total = Math.round(denominator);
    // Crashes may outnumber sessions; no more can be bad than there was.
    const hits = Math.min(total, Math.round(numerator));
    return isCeiling(limit)
      ? { goodCount: total - hits, badCount: hits }
      : { goodCount: hits, badCount: total - hits };
  }
  if (metric.aggregation !== 'p95') throw new RangeError(`${judged.metric} is not counted by events`);
  const distribution = mergeDistributions(index.rows(scope, metric.of, metric.field, span));
  if (!distribution) return { goodCount: 0, badCount: 0 };
  // Exact where the limit was known when the window was counted; else the middle of what the histogram leaves open, which
  // are the values within 2.2 % of the limit.
  const past = countPast(distribution, limit.value);
  const badCount = Math.round((past.least + past.most) / 2);
  return { goodCount: distribution.count - badCount, badCount };
}
