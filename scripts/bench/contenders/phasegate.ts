// Phasegate itself, the way production goes: find the file, hash it, judge and count every line, store the window series
// exactly once, write the normalised output, judge the window, store the verdicts.
import { analyzeWindow } from '#lib/analyzer/server.ts';
import { collectWindow } from '#lib/collector/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import {
  emptyHistogram,
  histogramPercentile,
  mergeHistograms,
  WindowSeriesSchema,
} from '#lib/telemetry/index.ts';
import { reportOutcome } from '../contender.ts';

const [windowStart = '', now = ''] = process.argv.slice(2);
await ensureRollouts(new Date(windowStart));
const begun = performance.now();
const collected = await collectWindow(windowStart, new Date(now));
const analysis = await analyzeWindow(new Date(windowStart));
const ended = performance.now();
if (collected.problems.length > 0) throw new Error(JSON.stringify(collected.problems));
if (analysis.stored.length === 0) throw new Error('no verdict was stored');

const rows = await database().telemetryWindow.findMany({
  where: { event: 'autosave.save.completed', field: 'duration_ms', windowStart: new Date(windowStart) },
});
const histograms = new Map<string, ReturnType<typeof emptyHistogram>>();
const HistogramSchema = WindowSeriesSchema.shape.histogram;
for (const row of rows) {
  const histogram = HistogramSchema.parse({
    zeroCount: Number(row.zeroCount),
    index: row.bucketIndex,
    count: row.bucketCount.map(Number),
  });
  histograms.set(row.phase, mergeHistograms(histograms.get(row.phase) ?? emptyHistogram(), histogram));
}
const { _sum } = await database().telemetryBatch.aggregate({
  _sum: { eventCount: true },
  where: { source: { kind: 'file' } },
});
reportOutcome(begun, ended, {
  events: Number(_sum.eventCount ?? 0),
  p95ByPhase: Object.fromEntries(
    [...histograms].map(([phase, histogram]) => [phase, histogramPercentile(histogram, 0.95) ?? 0]),
  ),
});
await disconnectDatabase();
