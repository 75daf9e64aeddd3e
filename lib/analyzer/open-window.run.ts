import type { LoadedPolicy } from '#lib/policy/index.ts';
import { findPhase } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { windowStart } from '#lib/telemetry/index.ts';
import { judgeOpenWindow, type OpenWindowJudgement } from './judge-open-window.ts';
import { loadForJudging } from './judging-series.store.ts';
import { phaseStays, stayAt } from './phase-stays.ts';
import { scoreStored } from './run.ts';
import { loadRolloutHistories } from './store.ts';
import type { PhaseVerdict } from './verdict.schema.ts';

/** The end of the window that is open at `now`; at the very end of a window the next one is open. */
function openWindowEnd({ policy }: LoadedPolicy, now: Date): Date {
  const { windowSeconds } = policy.cycle;
  return new Date(windowStart(now, windowSeconds).getTime() + windowSeconds * 1000);
}

/**
 * What the windows that are open at `now` have proven so far, for each of these rollouts in the phase it is in (TEL-8).
 * Nothing is stored: the verdict of a window is made when it has closed. A phase that the policy no longer has is left
 * out. Errors: the policy's, the database's.
 */
export async function judgeOpenWindows(
  rolloutIds: readonly string[],
  now: Date,
): Promise<OpenWindowJudgement[]> {
  const loaded = await loadPolicy();
  const windowEnd = openWindowEnd(loaded, now);
  const histories = (await loadRolloutHistories()).filter(({ rolloutId }) => rolloutIds.includes(rolloutId));
  const judged = await Promise.all(
    histories.map(async ({ rolloutId, phase: current, steps }) => {
      const stay = stayAt(phaseStays(current, steps), windowEnd);
      // A rollout that is set to another phase by hand has no stay there: nothing is judged early.
      if (stay?.phase !== current || !findPhase(loaded.policy, rolloutId, current)) return [];
      const series = await loadForJudging(loaded.policy, rolloutId, current, windowEnd, windowEnd);
      const { policy, catalogue, hash } = loaded;
      const { phase, since } = stay;
      return [
        judgeOpenWindow({ policy, catalogue, policyHash: hash, series, rolloutId, phase, windowEnd, since }),
      ];
    }),
  );
  return judged.flat();
}

/**
 * A plain look at a phase while its window is open: judged at the window's end by what has been counted so far, as if
 * nothing more came (ROL-5). It may still change both ways and is stored nowhere. Errors: as {@link scoreStored}.
 */
export async function lookAtOpenWindow(place: {
  rolloutId: string;
  phase: string;
  now: Date;
}): Promise<PhaseVerdict> {
  const { rolloutId, phase, now } = place;
  return scoreStored({ rolloutId, phase, windowEnd: openWindowEnd(await loadPolicy(), now) });
}
