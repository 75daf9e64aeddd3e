// Phasegate itself, the way production goes: find the file, hash it, judge and count every line, store the window series
// exactly once, write the normalised output, judge the window, store the verdicts. It is a server that runs: it has done
// the cycle before, with a file of its own, when the file that is measured appears.
import { linkSync } from 'node:fs';
import { join } from 'node:path';
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

const [root = '', file = '', windowStart = '', now = ''] = process.argv.slice(2);
const start = new Date(windowStart);
const windowMs = new Date(now).getTime() - start.getTime() - 1000;
const before = new Date(start.getTime() - windowMs);
await ensureRollouts(before);
await collectWindow(before, new Date(start.getTime() + 1000));
await analyzeWindow(before);

linkSync(file, join(root, 'reports', 'canary', 'phase-bench.jsonl'));
const begun = performance.now();
const collected = await collectWindow(windowStart, new Date(now));
const analysis = await analyzeWindow(start);
const ended = performance.now();
if (collected.problems.length > 0) throw new Error(JSON.stringify(collected.problems));
if (analysis.stored.length === 0) throw new Error('no verdict was stored');

const rows = await database().telemetryWindow.findMany({
  where: { event: 'autosave.save.completed', field: 'duration_ms', windowStart: start },
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
  where: { source: { kind: 'file', name: { endsWith: 'phase-bench.jsonl' } } },
});
reportOutcome(begun, ended, {
  events: Number(_sum.eventCount ?? 0),
  p95ByPhase: Object.fromEntries(
    [...histograms].map(([phase, histogram]) => [phase, histogramPercentile(histogram, 0.95) ?? 0]),
  ),
});
await disconnectDatabase();
