export { compileEventRules } from './compile-event-rules.ts';
export type {
  EventRule,
  EventRules,
  FieldRule,
} from './event-rules.ts';
export { foldDimensions, OTHER_VALUE } from './fold-dimensions.ts';
export {
  BREACHABLE_METRICS,
  type Breach,
  type GeneratorOptions,
  generateEvents,
  type PhaseProfile,
} from './generator/index.ts';
export {
  addToHistogram,
  BUCKETS_PER_DOUBLING,
  bucketIndex,
  emptyHistogram,
  histogramCount,
  histogramOf,
  histogramPercentile,
  MAX_RELATIVE_ERROR,
  mergeHistograms,
  toOtelExponentialHistogram,
} from './histogram.ts';
export { eventJsonSchema } from './json-schema.ts';
export { mergeSeries } from './merge-series.ts';
export { parseTimestamp } from './parse-timestamp.ts';
export { policyLines, upperWarningLine } from './policy-lines.ts';
export { type SeriesRow, seriesOfRow } from './series-row.ts';
export {
  type AcceptedEvent,
  type MeasuredNumber,
  type RefusedEvent,
  validateEvent,
} from './validate-event.ts';
export {
  type BatchCount,
  BatchCountSchema,
  type Histogram,
  type LineCount,
  QUARANTINE_REASONS,
  type QuarantinedLine,
  type QuarantineReason,
  QuarantineReasonSchema,
  type WindowSeries,
  WindowSeriesSchema,
} from './window-series.schema.ts';
export { calendarDate, calendarDay, type TimeSpan, windowStart, windowsBetween } from './window-time.ts';
