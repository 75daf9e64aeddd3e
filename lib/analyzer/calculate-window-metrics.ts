import type { EventCatalogue, Policy } from '#lib/policy/index.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { calendarOf } from './calendar.ts';
import { type Measurement, measure } from './measure.ts';
import { indexSeries } from './series-index.ts';

/**
 * Every metric of the policy over one trailing window of one phase (ANA-1; seed 001 §7 item 1 names this function).
 * Units: ms, ratios 0..1, counts. Window: `windowSeconds` ending at `windowEnd`, half-open, 15 minutes unless told.
 * Missing: a metric without telemetry is absent with its reason, never 0.
 */
export function calculateWindowMetrics(input: {
  policy: Policy;
  catalogue: EventCatalogue;
  series: readonly WindowSeries[];
  rolloutId: string;
  phase: string;
  windowEnd: Date;
  windowSeconds?: number;
}): Record<string, Measurement> {
  const { policy, rolloutId, phase } = input;
  const measuring = {
    policy,
    index: indexSeries(input.series, input.catalogue),
    calendar: calendarOf(policy.timezone),
  };
  const scope = { rolloutId, phase, sinceMs: Number.NEGATIVE_INFINITY };
  const window = {
    kind: 'trailing',
    seconds: input.windowSeconds ?? policy.cycle.windowSeconds,
  } as const;
  return Object.fromEntries(
    Object.keys(policy.metrics).map((id) => [
      id,
      measure(measuring, id, scope, window, input.windowEnd.getTime(), 1),
    ]),
  );
}
