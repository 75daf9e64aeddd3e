import { performance } from 'node:perf_hooks';
import { env } from '#lib/config/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import {
  type BatchCount,
  mergeSeries,
  type TimeSpan,
  type WindowSeries,
  windowsBetween,
} from '#lib/telemetry/index.ts';

import { collectWindow, planCycles } from './collect.run.ts';
import { openContent, UnreadableFileError } from './content.run.ts';
import { type CountContext, countLines } from './count/index.ts';
import { type Counting, countRange, nextBatchEnd } from './count-range.run.ts';
import { withCounting } from './counting.run.ts';
import { findFiles } from './find-files.run.ts';
import { storeInternalLines } from './internal-batch.store.ts';
import type { MonitoringFile } from './monitoring-file.ts';
import { addBatch, emptyTotals, type SourceProblem, type Totals } from './totals.ts';
import { loadWindowSeries } from './window.store.ts';

/** What a command collected: totals of this run, and what the span holds now. */
export type SpanReport = Totals & { problems: SourceProblem[]; file: MonitoringFile; elapsedMs: number };
type Request = { span: TimeSpan; phase: string | undefined; simulated: readonly string[]; now: Date };

/**
 * Collects every window of a span and answers what it holds (COL-7). Simulated lines are stored as a batch of their own.
 * Errors: AppError, when the span is not made of closed windows; the database's.
 */
export async function collectSpan(request: Request): Promise<SpanReport> {
  const begun = performance.now();
  const { policy, catalogue, hash } = await loadPolicy();
  const totals = emptyTotals();
  const problems = new Map<string, SourceProblem>();
  await planCycles(request.now);
  if (request.simulated.length > 0) {
    const batch = { part: 'rehearsal', position: request.now.getTime(), lines: request.simulated };
    await storeInternalLines(batch, { policy, catalogue, now: request.now });
  }
  const { start, end } = request.span;
  for (const window of windowsBetween(start, end, policy.cycle.windowSeconds)) {
    const report = await collectWindow(window.start, request.now);
    for (const key of ['batches', 'lines', 'events', 'excluded', 'quarantined'] as const)
      totals[key] += report[key];
    for (const problem of report.problems) problems.set(problem.source, problem);
  }
  const series = (await loadWindowSeries(start, end)).filter((s) => isOfPhase(s, request.phase));
  return {
    ...totals,
    problems: [...problems.values()],
    file: fileOf(request, hash, series, false),
    elapsedMs: Math.round(performance.now() - begun),
  };
}

/** Reads all sources from their beginning without a database and without writing anything (COL-7). */
export async function readSpanDry(request: Request): Promise<SpanReport> {
  const begun = performance.now();
  const { policy, catalogue, hash } = await loadPolicy();
  const context = { policy, catalogue, now: request.now };
  const totals = emptyTotals();
  const problems: SourceProblem[] = [];
  const sets = await withCounting(context, async (counting) => {
    const read: WindowSeries[][] = [];
    for (const file of await findFiles(env().telemetryRoots, policy.telemetry.sources)) {
      if (!file.facts) {
        problems.push({ source: file.name, message: file.failure.message });
        continue;
      }
      try {
        for await (const count of countWhole(file.path, counting)) {
          addBatch(totals, count);
          read.push(within(count.series, request));
        }
      } catch (error) {
        if (!(error instanceof UnreadableFileError)) throw error;
        problems.push({ source: file.name, message: error.message });
      }
    }
    return read;
  });
  const simulated = countSimulated(request.simulated, context);
  if (simulated) addBatch(totals, simulated);
  const series = mergeSeries(...sets, within(simulated?.series ?? [], request));
  return {
    ...totals,
    problems,
    file: fileOf(request, hash, series, true),
    elapsedMs: Math.round(performance.now() - begun),
  };
}

/** Every whole line of a file, batch after batch. Errors: UnreadableFileError. */
async function* countWhole(path: string, counting: Counting): AsyncGenerator<BatchCount> {
  const content = await openContent(path, counting.spoolDirectory);
  try {
    let place = { from: 0, lineNumber: 1 };
    for (let to = await nextBatchEnd(content, 0); to !== null; to = await nextBatchEnd(content, place.from)) {
      const counted = await countRange(content, { ...place, to }, counting);
      if (counted === null) throw new UnreadableFileError('REWRITTEN');
      yield counted.count;
      place = { from: to, lineNumber: place.lineNumber + counted.count.lineCount };
    }
  } finally {
    await content.close();
  }
}

function countSimulated(lines: readonly string[], context: CountContext) {
  if (lines.length === 0) return null;
  return countLines(Buffer.from(`${lines.join('\n')}\n`), { byteOffset: 0, lineNumber: 1 }, context);
}

const isOfPhase = (series: WindowSeries, phase: string | undefined): boolean =>
  phase === undefined || series.phase === phase;

function within(series: readonly WindowSeries[], { span, phase }: Request): WindowSeries[] {
  return series.filter((s) => {
    const at = Date.parse(s.windowStart);
    return at >= span.start.getTime() && at < span.end.getTime() && isOfPhase(s, phase);
  });
}

function fileOf(request: Request, hash: string, series: WindowSeries[], dryRun: boolean): MonitoringFile {
  const { start, end } = request.span;
  return {
    header: {
      schema_version: 1,
      window: { start: start.toISOString(), end: end.toISOString() },
      policy_version: hash,
      ...(dryRun || request.simulated.length > 0 ? { dry_run: true as const } : {}),
    },
    series,
  };
}
