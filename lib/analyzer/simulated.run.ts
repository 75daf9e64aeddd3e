import { findPhase } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { type TimeSpan, type WindowSeries, windowsBetween } from '#lib/telemetry/index.ts';
import { createJudge } from './judge-window.ts';
import { loadForJudging } from './judging-series.store.ts';
import { lookBack } from './look-back.ts';
import type { PhaseVerdict } from './verdict.schema.ts';

/**
 * Judges a phase at a window's end as if what is simulated had been measured, and stores nothing (ROL-8). What is simulated
 * takes the place of the same events of its windows; everything else is real. `simulate` is asked for every window that
 * judging looks back to, as if the phase had been entered before them all, so that rules over days can be broken at once.
 * Errors: RangeError for a phase the policy does not have; the database's.
 */
export async function judgeSimulated(
  place: { rolloutId: string; phase: string; windowEnd: Date },
  simulate: (windows: readonly TimeSpan[]) => readonly WindowSeries[],
): Promise<PhaseVerdict> {
  const { policy, catalogue, hash } = await loadPolicy();
  const { rolloutId, phase, windowEnd } = place;
  if (!findPhase(policy, rolloutId, phase)) throw new RangeError(`${rolloutId} has no phase ${phase}`);
  const from = new Date(windowEnd.getTime() - lookBack(policy, rolloutId, phase).phaseMs);
  const simulated = simulate([...windowsBetween(from, windowEnd, policy.cycle.windowSeconds)]);
  const keyOf = (s: WindowSeries) => [s.phase, Date.parse(s.windowStart), s.event].join(' ');
  const replaced = new Set(simulated.map(keyOf));
  const real = await loadForJudging(policy, rolloutId, phase, windowEnd, windowEnd);
  const series = [...real.filter((each) => !replaced.has(keyOf(each))), ...simulated];
  return createJudge({ policy, catalogue, policyHash: hash, series })({ rolloutId, phase, windowEnd });
}
