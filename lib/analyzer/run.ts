import { inTransaction } from '#lib/database/server.ts';
import { findPhase, type LoadedPolicy, type Policy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { type WindowSeries, windowsBetween } from '#lib/telemetry/index.ts';
import { createJudge, type WindowToJudge } from './judge-window.ts';
import { loadForJudging } from './judging-series.store.ts';
import { loadSourceStates } from './lost-sources.store.ts';
import { lostSourcesOf } from './lost-sources.ts';
import { type PhaseStay, phaseStays, stayAt } from './phase-stays.ts';
import { isViolated, type Recheck, recheckedOf } from './recheck.ts';
import { replaceSlices } from './slices.store.ts';
import { createSlicer } from './slices.ts';
import { loadRolloutHistories, type RolloutHistory, type StoredVerdict, saveVerdicts } from './store.ts';
import type { PhaseVerdict } from './verdict.schema.ts';

const WINDOWS_PER_TRANSACTION = 500;

/** What judging a span of windows yields. `skipped`: stays in phases that today's policy does not have. */
export type Analysis = { stored: StoredVerdict[]; skipped: { rolloutId: string; phase: string }[] };

/**
 * Judges one 15-minute window of every rollout and stores the verdicts (ANA-4). Doing it again changes nothing unless
 * telemetry or policy have changed. Errors: RangeError unless `windowStart` is aligned; the policy's; the database's.
 */
export async function analyzeWindow(windowStart: Date): Promise<Analysis> {
  const loaded = await loadPolicy();
  const windowMs = loaded.policy.cycle.windowSeconds * 1000;
  if (windowStart.getTime() % windowMs !== 0)
    throw new RangeError(`${windowStart.toISOString()} is not the start of a window`);
  return analyze(loaded, windowStart, new Date(windowStart.getTime() + windowMs));
}

/**
 * Judges every window that starts in [from, to), each in the phase its rollout had at the window's end. Late events
 * change trailing windows too: give the oldest window they touched and the end of the newest closed one (COL-6).
 * With `recheck`, a violation is stored only after its telemetry was read and judged once more (ANA-6): what is stored is
 * final, and nothing that follows from a verdict can come before that.
 */
export async function analyzeRange(range: { from: Date; to: Date }, recheck?: Recheck): Promise<Analysis> {
  return analyze(await loadPolicy(), range.from, range.to, recheck);
}

async function analyze(loaded: LoadedPolicy, from: Date, to: Date, recheck?: Recheck): Promise<Analysis> {
  const histories = await loadRolloutHistories();
  // However many rollouts are in violation, the sources are read again once.
  let reading: ReturnType<Recheck['read']> | undefined;
  const once = recheck && {
    ...recheck,
    read: () => {
      reading ??= recheck.read();
      return reading;
    },
  };
  const analyses = await Promise.all(
    histories.map((history) => analyzeRollout(loaded, history, { from, to }, once)),
  );
  return {
    stored: analyses.flatMap(({ stored }) => stored),
    skipped: analyses.flatMap(({ skipped }) => skipped),
  };
}

async function analyzeRollout(
  loaded: LoadedPolicy,
  history: RolloutHistory,
  { from, to }: { from: Date; to: Date },
  recheck: Recheck | undefined,
): Promise<Analysis> {
  const { rolloutId } = history;
  const analysis: Analysis = { stored: [], skipped: [] };
  for (const group of groupByStay(history, loaded.policy, from, to)) {
    if (!findPhase(loaded.policy, rolloutId, group.stay.phase)) {
      analysis.skipped.push({ rolloutId, phase: group.stay.phase });
      continue;
    }
    const judge = () => judgeEnds(loaded, rolloutId, group.stay, group.ends);
    const first = await judge();
    const violated = first.verdicts.filter(isViolated);
    const again = recheck && violated.length > 0 ? await recheck.read() : null;
    const { verdicts, series } = again ? await judge() : first;
    const slicesOf = createSlicer({ ...loaded, series });
    for (let i = 0; i < verdicts.length; i += WINDOWS_PER_TRANSACTION) {
      const part = verdicts.slice(i, i + WINDOWS_PER_TRANSACTION);
      const stored = await inTransaction(async (tx) => {
        await recordPolicyVersion(tx, loaded, 'analyzer');
        const saved = await saveVerdicts(tx, rolloutId, part);
        await replaceSlices(tx, rolloutId, saved, part.flatMap(slicesOf));
        return saved;
      });
      analysis.stored.push(...stored);
    }
    if (recheck && again) await recheck.completed(recheckedOf(violated, verdicts, again));
  }
  return analysis;
}

type Group = { stay: PhaseStay; ends: Date[] };

function groupByStay(history: RolloutHistory, policy: Policy, from: Date, to: Date): Group[] {
  const stays = phaseStays(history.phase, history.steps);
  const groups: Group[] = [];
  for (const { end } of windowsBetween(from, to, policy.cycle.windowSeconds)) {
    const stay = stayAt(stays, end);
    if (!stay) continue;
    const last = groups.at(-1);
    if (last?.stay === stay) last.ends.push(end);
    else groups.push({ stay, ends: [end] });
  }
  return groups;
}

async function judgeEnds(
  loaded: LoadedPolicy,
  rolloutId: string,
  { phase, since }: PhaseStay,
  ends: readonly Date[],
): Promise<{ verdicts: PhaseVerdict[]; series: WindowSeries[] }> {
  const [first] = ends;
  const last = ends.at(-1);
  if (!first || !last) return { verdicts: [], series: [] };
  const { policy, hash } = loaded;
  const series = await loadForJudging(policy, rolloutId, phase, first, last);
  const withinSeconds = policy.cycle.latenessSeconds;
  const lost = lostSourcesOf(await loadSourceStates(), { rolloutId, phase, withinSeconds });
  const judge = createJudge({ ...loaded, policyHash: hash, series, lost });
  const verdicts = ends.map((windowEnd) =>
    judge({ rolloutId, phase, windowEnd, since } satisfies WindowToJudge),
  );
  return { verdicts, series };
}

/**
 * Judges the phase of a rollout at a window's end from the stored windows, and stores nothing (ANA-5).
 * A phase that the rollout is not in at that time is judged by all telemetry it has.
 */
export async function scoreStored(window: {
  rolloutId: string;
  phase: string;
  windowEnd: Date;
}): Promise<PhaseVerdict> {
  const loaded = await loadPolicy();
  const history = (await loadRolloutHistories()).find(({ rolloutId }) => rolloutId === window.rolloutId);
  const stay = history && stayAt(phaseStays(history.phase, history.steps), window.windowEnd);
  const since = stay?.phase === window.phase ? stay.since : undefined;
  const stayHere = { phase: window.phase, since };
  const { verdicts } = await judgeEnds(loaded, window.rolloutId, stayHere, [window.windowEnd]);
  const [verdict] = verdicts;
  if (!verdict) throw new RangeError('one window has one verdict');
  return verdict;
}
