export { compileEventRules } from './compile-event-rules.ts';
export {
  COMMON_FIELDS,
  type EventRule,
  type EventRules,
  type FieldRule,
  MAX_COMMON_LENGTH,
  MAX_NESTING,
} from './event-rules.ts';
export { foldDimensions, OTHER_VALUE } from './fold-dimensions.ts';
export {
  BREACHABLE_METRICS,
  type Breach,
  breached,
  type GeneratorOptions,
  generateEvents,
  HEALTHY,
  healthyProfile,
  type PhaseProfile,
} from './generator/index.ts';
export {
  addToHistogram,
  BUCKETS_PER_DOUBLING,
  bucketIndex,
  emptyHistogram,
  HISTOGRAM_SCALE,
  histogramCount,
  histogramFromCounts,
  histogramOf,
  histogramPercentile,
  MAX_RELATIVE_ERROR,
  mergeHistograms,
  toOtelExponentialHistogram,
} from './histogram.ts';
export { eventJsonSchema } from './json-schema.ts';
export { mergeRow, mergeSeries, seriesKey } from './merge-series.ts';
export { parseTimestamp } from './parse-timestamp.ts';
export { policyLines, upperWarningLine } from './policy-lines.ts';
export {
  type AcceptedEvent,
  canonicalDims,
  dimensionsOf,
  exclusionTag,
  type MeasuredNumber,
  type RefusedEvent,
  validateEvent,
} from './validate-event.ts';
export {
  type BatchCount,
  BatchCountSchema,
  type Histogram,
  HistogramSchema,
  type LineCount,
  LineCountSchema,
  QUARANTINE_REASONS,
  type QuarantinedLine,
  QuarantinedLineSchema,
  type QuarantineReason,
  QuarantineReasonSchema,
  type WindowSeries,
  WindowSeriesSchema,
} from './window-series.schema.ts';
export { calendarDate, calendarDay, type TimeSpan, windowStart, windowsBetween } from './window-time.ts';
