export { storing } from './batch.store.ts';
export {
  type CollectReport,
  collectWindow,
  markCycle,
  planCycles,
  type RefreshReport,
  refresh,
} from './collect.run.ts';
export { countLines } from './count/index.ts';
export type { CycleRow, CycleState } from './cycle.store.ts';
export { collectorHealth } from './health.store.ts';
export { acceptHttpBatch } from './http-batch.run.ts';
export { countInternalLines } from './internal-batch.store.ts';
export { readMonitoringFile, writeMonitoringFile } from './monitoring-file.run.ts';
export { pausedForLong, unlessPaused, warnOfLongPause } from './pause.run.ts';
export { pauseMark } from './pause.store.ts';
export { discardQuarantined, listQuarantine, replayQuarantined } from './quarantine.store.ts';
export { violationRecheck } from './recheck.run.ts';
export { collectSpan, readSpanDry, type SpanReport } from './span.run.ts';
export { countWaitingBodies } from './waiting-bodies.run.ts';
export { loadWindowSeries } from './window.store.ts';
export { batchesWithin, windowCounts } from './window-detail.store.ts';
export { readWindowEvents } from './window-events.run.ts';
