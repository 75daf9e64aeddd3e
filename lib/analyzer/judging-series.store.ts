import type { Policy } from '#lib/policy/index.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { lookBack } from './look-back.ts';
import { loadSeries } from './store.ts';

/** The windows that judging a phase at these ends of windows reads, baselines included. Errors: as `lookBack`. */
export async function loadForJudging(
  policy: Policy,
  rolloutId: string,
  phase: string,
  firstEnd: Date,
  lastEnd: Date,
): Promise<WindowSeries[]> {
  const reach = lookBack(policy, rolloutId, phase);
  const from = new Date(firstEnd.getTime() - reach.phaseMs);
  const series = await loadSeries({ rolloutId, phase, from, to: lastEnd });
  for (const baseline of reach.baselines) {
    const baselineFrom = new Date(firstEnd.getTime() - baseline.windowMs);
    // The judged phase's own rows are there already from `from` on: adding them again would count them twice.
    const to = baseline.phase === phase ? from : lastEnd;
    if (to > baselineFrom)
      series.push(
        ...(await loadSeries({
          rolloutId,
          phase: baseline.phase,
          from: baselineFrom,
          to,
          events: baseline.events,
        })),
      );
  }
  return series;
}
