// The door for counting threads: what they need of this room, without zod, YAML and the time zones, which would take
// longer to load than a window takes to count. All of it is pure and also in index.ts.
export {
  COMMON_FIELDS,
  type EventRule,
  type EventRules,
  MAX_COMMON_LENGTH,
} from './event-rules.ts';
export { foldDimensions } from './fold-dimensions.ts';
export { bucketIndex, emptyHistogram, histogramFromCounts } from './histogram.ts';
export { mergeSeries, seriesKey } from './merge-series.ts';
export {
  type AcceptedEvent,
  canonicalDims,
  dimensionsOf,
  exclusionTag,
  type RefusedEvent,
  validateEvent,
} from './validate-event.ts';
export type {
  BatchCount,
  Histogram,
  LineCount,
  QuarantinedLine,
  WindowSeries,
} from './window-series.schema.ts';
