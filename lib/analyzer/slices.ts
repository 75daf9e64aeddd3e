import type { EventCatalogue, Limit, Metric, Policy } from '#lib/policy/index.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { isCeiling } from './limit.ts';
import { fractionOf, PERCENT } from './measure.ts';
import { countPast, mergeDistributions } from './quantile.ts';
import { indexSeries, type Scope, type SeriesIndex, type Span } from './series-index.ts';
import type { MetricVerdict, PhaseVerdict } from './verdict.schema.ts';

/**
 * Good and bad of one objective in one 15-minute window (DASH-4). `events`: of its own events; `windows`: of windows.
 * Windows do not overlap, so slices may be added up. Both counts 0: the window was looked at and nothing could be told.
 */
export type Slice = {
  phase: string;
  metric: string;
  windowStart: string;
  basis: 'events' | 'windows';
  goodCount: number;
  badCount: number;
  /** The share that had to be good, by the limit the verdict was judged by. */
  targetRatio: number;
  policyHash: string;
};

type Counts = Pick<Slice, 'basis' | 'goodCount' | 'badCount' | 'targetRatio'>;
type Deciding = MetricVerdict & { limit: number; limit_kind: Limit['kind'] };

/**
 * Slices of verdicts from the windows they are about; limits are those of the verdict, not of today's policy, so that a
 * verdict of long ago can be counted, too. One slice for each objective that decides; a metric that the policy does not
 * have any more has none. Rates and a P95 under a ceiling are counted by events, everything else by windows. Pure.
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
      const counts =
        countEvents(index, metric, judged, scope, span) ?? countWindow(judged, policy.slo.windowsTarget);
      return [
        {
          phase: verdict.phase,
          metric: judged.metric,
          windowStart: verdict.window.start,
          ...counts,
          policyHash: verdict.policy_version,
        },
      ];
    });
    // An objective is known by its metric; of two on one metric the first counts.
    return [...new Map(slices.toReversed().map((slice) => [slice.metric, slice])).values()].toReversed();
  };
}

function isDeciding(judged: MetricVerdict): judged is Deciding {
  return !judged.shadow && judged.limit !== null && judged.limit_kind !== null;
}

/** Null where the objective is no share of events. */
function countEvents(
  index: SeriesIndex,
  metric: Metric,
  judged: Deciding,
  scope: Scope,
  span: Span,
): Counts | null {
  const limit = { kind: judged.limit_kind, value: judged.limit };
  if (metric.aggregation === 'rate') {
    const { numerator, denominator } = fractionOf(index, metric, scope, span);
    const total = Math.round(denominator);
    // Crashes may outnumber sessions; no more can be bad than there was.
    const hits = Math.min(total, Math.round(numerator));
    return isCeiling(limit)
      ? events(total - hits, hits, 1 - limit.value)
      : events(hits, total - hits, limit.value);
  }
  if (metric.aggregation === 'p95' && isCeiling(limit)) {
    const distribution = mergeDistributions(index.rows(scope, metric.of, metric.field, span));
    const total = distribution?.count ?? 0;
    // Exact where the limit was known when the window was counted; else the middle of what the histogram leaves open (the
    // values within 1.1 % of the limit).
    const past = distribution ? countPast(distribution, limit.value) : { least: 0, most: 0 };
    const bad = Math.round((past.least + past.most) / 2);
    return events(total - bad, bad, PERCENT / 100);
  }
  return null;
}

function countWindow({ met }: MetricVerdict, targetRatio: number): Counts {
  return { basis: 'windows', goodCount: met === true ? 1 : 0, badCount: met === false ? 1 : 0, targetRatio };
}

function events(goodCount: number, badCount: number, target: number): Counts {
  // 1 − 0.003 as 0.997, and a limit beyond 0..1 as the nearest share there is.
  const targetRatio = Math.min(1, Math.max(0, Number(target.toPrecision(12))));
  return { basis: 'events', goodCount, badCount, targetRatio };
}
