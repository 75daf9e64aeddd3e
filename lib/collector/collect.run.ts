import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { env, log } from '#lib/config/server.ts';
import { AppError } from '#lib/errors/index.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { windowStart as startOfWindow } from '#lib/telemetry/index.ts';
import { withCounting } from './counting.run.ts';
import {
  anyCycle,
  type CycleRow,
  ensureCycle,
  insertMissingCycles,
  loadCycle,
  recordStage,
  scheduleNoMore,
  touchedWindows,
  unfinishedCycles,
} from './cycle.store.ts';
import type { CycleStage } from './cycles.ts';
import { countReceivedBatches } from './http-batch.run.ts';
import { countInternalLines, storeInternalLines } from './internal-batch.store.ts';
import { collectorEventLines, missedDeadlineLines } from './internal-events.ts';
import { monitoringPath, writeMonitoringFile } from './monitoring-file.run.ts';
import { refuseWhilePaused } from './pause.run.ts';
import { collectionPause } from './pause.store.ts';
import { waitBeforeNextLook } from './retry-looks.ts';
import { runningRollouts } from './rollout.store.ts';
import { type FileFailure, readFiles } from './scan.run.ts';
import { addTotals, emptyTotals, type SourceProblem, type Totals } from './totals.ts';
import { loadWindowSeries } from './window.store.ts';

/** What a look at all sources brought. `touchedWindows`: starts (ISO, UTC) of judged windows to judge again (COL-6). */
export type RefreshReport = Totals & { problems: SourceProblem[]; touchedWindows: string[] };
export type CollectReport = RefreshReport & {
  windowStart: string;
  windowEnd: string;
  /** How long after the window's end its collection ended. */
  durationMs: number;
  missedDeadline: boolean;
  output: string | null;
  /** How often the sources were looked at: once, and once more for each failure that was tried again (COL-5). */
  looks: number;
};

/** Waits for so many milliseconds. */
export type Pause = (ms: number) => Promise<unknown>;

// One process reads the sources once at a time; other processes are held apart by the database.
let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work, work);
  last = turn.catch(() => undefined); // whoever asked for it hears of the failure
  return turn;
}

type SourcesRead = Totals & { problems: SourceProblem[]; failures: FileFailure[] };

/**
 * Reads every source once, one look at a time in this process. `collecting`: failed looks are counted (COL-5). Errors: the
 * database's; what goes wrong with one source is among its `problems`.
 */
export function readSources(loaded: LoadedPolicy, now: Date, collecting = false): Promise<SourcesRead> {
  const context = { policy: loaded.policy, catalogue: loaded.catalogue, now };
  return inTurn(() =>
    withCounting(context, async (counting) => {
      const report = await readFiles(env().telemetryRoots, counting, { collecting });
      const problems = await countReceivedBatches(counting, report);
      return { ...report, problems: [...report.problems, ...problems] };
    }),
  );
}

/**
 * Reads all sources, again while a file fails that may be readable soon (COL-5). How often is remembered with the file, so
 * that one that stays broken holds up one collection and not every one. Here is the one place that tries reading again: what
 * is thrown instead, such as a database that is away, is the runner's to repeat.
 */
async function readPatiently(
  loaded: LoadedPolicy,
  now: Date,
  pause: Pause,
): Promise<SourcesRead & { looks: number }> {
  const plan = loaded.retries.plans.collection;
  const totals = emptyTotals();
  for (let look = 1; ; look += 1) {
    const report = await readSources(loaded, now, true);
    addTotals(totals, report);
    const waitMs = waitBeforeNextLook(report.failures, plan, look);
    if (waitMs === null) return { ...report, ...totals, looks: look };
    log('collector').warn({ look, waitMs, failures: report.failures }, 'a source cannot be read; once more');
    await pause(waitMs);
  }
}

/**
 * Reads all sources without closing a window (COL-1); safe to run at any time, from any number of processes (COL-2). Reads
 * nothing while collection is paused (COL-9).
 */
export async function refresh(now = new Date()): Promise<RefreshReport> {
  const loaded = await loadPolicy();
  const paused = await collectionPause(now);
  if (paused) return { ...emptyTotals(), problems: [], touchedWindows: await touched(loaded, now) };
  const { failures: _, ...report } = await readSources(loaded, now);
  return { ...report, touchedWindows: await touched(loaded, now) };
}

async function touched({ policy }: LoadedPolicy, now: Date): Promise<string[]> {
  return (await touchedWindows(now, policy)).map((start) => start.toISOString());
}

/**
 * The windows that are due, oldest first, after adding those that nobody planned yet (COL-3). At the very first call the
 * sources are read, so that the history they hold is judged from where it begins. While collection is paused nothing is
 * planned or due: what a person holds up is made up for afterwards, and is no slowness of the Collector (COL-9, TEL-7).
 */
export async function planCycles(now = new Date()): Promise<CycleRow[]> {
  const loaded = await loadPolicy();
  if (await collectionPause(now)) {
    await scheduleNoMore();
    return (await unfinishedCycles()).filter(({ state }) => state !== 'due');
  }
  if (!(await anyCycle())) await readSources(loaded, now);
  await insertMissingCycles(now, loaded);
  return unfinishedCycles();
}

/**
 * Closes one window: reads all sources, says how late that was (TEL-7), writes the normalised output and marks the cycle
 * (COL-3, COL-4). A file that cannot be read now is looked at again for a while (COL-5); `pause` waits in between.
 * Repeating it after a crash changes nothing that was done.
 * Errors: AppError VALIDATION for a start that is not aligned or a window that is still open; CONFLICT `collection_paused`.
 */
export async function collectWindow(
  windowStart: Date | string,
  now = new Date(),
  pause: Pause = sleep,
): Promise<CollectReport> {
  const begun = performance.now();
  const loaded = await loadPolicy();
  const start = new Date(windowStart);
  await refuseWhilePaused(now);
  const cycle = await cycleOf(start, now, loaded);
  const { failures: _, ...report } = await readPatiently(loaded, now, pause);
  const collectedAt = new Date(now.getTime() + Math.round(performance.now() - begun));
  if (cycle.state === 'due') {
    const lines = collectorEventLines(cycle, collectedAt, await runningRollouts(), loaded.policy);
    const context = { policy: loaded.policy, catalogue: loaded.catalogue, now: collectedAt };
    if (lines.length > 0)
      await storeInternalLines({ part: 'collector', position: start.getTime(), lines }, context);
  }
  // All of it or the window is collected again: nothing here waits for another part.
  const [output, { missedDeadline }, touchedWindows] = await Promise.all([
    writeOutput(cycle, loaded.hash),
    recordAndWarn('collect', start, collectedAt, loaded),
    touched(loaded, now),
  ]);
  return {
    ...report,
    problems: [...report.problems, ...output.problems],
    touchedWindows,
    windowStart: cycle.windowStart.toISOString(),
    windowEnd: cycle.windowEnd.toISOString(),
    durationMs: collectedAt.getTime() - cycle.windowEnd.getTime(),
    missedDeadline,
    output: output.path,
  };
}

async function cycleOf(start: Date, now: Date, { policy }: LoadedPolicy): Promise<CycleRow> {
  const { windowSeconds } = policy.cycle;
  if (Number.isNaN(start.getTime()) || startOfWindow(start, windowSeconds).getTime() !== start.getTime())
    throw new AppError('VALIDATION', `A window starts at a whole ${windowSeconds / 60} minutes (UTC).`);
  const end = new Date(start.getTime() + windowSeconds * 1000);
  if (end > now)
    throw new AppError('VALIDATION', `The window that ends at ${end.toISOString()} is still open.`);
  return (await loadCycle(start)) ?? ensureCycle(start, end, now);
}

/** The output file helps people and other programs; where it cannot be written, judging goes on. */
async function writeOutput(
  cycle: CycleRow,
  policyHash: string,
): Promise<{ path: string | null; problems: SourceProblem[] }> {
  const [root] = env().telemetryRoots;
  if (root === undefined) return { path: null, problems: [] };
  const path = monitoringPath(root, cycle.windowStart);
  const series = await loadWindowSeries(cycle.windowStart, cycle.windowEnd);
  const window = { start: cycle.windowStart.toISOString(), end: cycle.windowEnd.toISOString() };
  try {
    await writeMonitoringFile(path, {
      header: { schema_version: 1, window, policy_version: policyHash },
      series,
    });
    return { path, problems: [] };
  } catch (error) {
    log('collector').error({ err: error, path }, 'the normalised output could not be written');
    return {
      path: null,
      problems: [{ source: 'reports/monitoring', message: 'the output file could not be written' }],
    };
  }
}

/** Records that a stage of a window has ended; a deadline that it missed is an event and a warning (COL-4). */
export async function markCycle(
  stage: CycleStage,
  windowStart: Date | string,
  now = new Date(),
): Promise<{ missedDeadline: boolean }> {
  return recordAndWarn(stage, new Date(windowStart), now, await loadPolicy());
}

async function recordAndWarn(
  stage: CycleStage,
  windowStart: Date,
  endedAt: Date,
  { policy, catalogue }: LoadedPolicy,
): Promise<{ missedDeadline: boolean }> {
  const rollouts = await runningRollouts();
  const recorded = await recordStage(stage, windowStart, endedAt, policy, async (tx, windowEnd) => {
    const lines = missedDeadlineLines(stage, windowEnd, endedAt, rollouts);
    const batch = { part: `deadline:${stage}`, position: windowStart.getTime(), lines };
    if (lines.length > 0) await countInternalLines(tx, batch, { policy, catalogue, now: endedAt });
  });
  if (recorded.missedDeadline)
    log('collector').warn({ stage, windowStart, endedAt }, 'a stage missed its deadline');
  return recorded;
}
