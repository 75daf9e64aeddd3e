import { z } from 'zod';

/** Exponential histogram: base 2^(1/32) (OpenTelemetry scale 5). `index` i holds values in (base^i, base^(i+1)]. */
export const HistogramSchema = z.strictObject({
  zeroCount: z.int().nonnegative(),
  index: z.array(z.int()),
  count: z.array(z.int().nonnegative()),
});
export type Histogram = z.infer<typeof HistogramSchema>;

/** How many values lie strictly above a policy line: exact, where the histogram is only within 1.1 %. */
export const LineCountSchema = z.strictObject({ line: z.number(), past: z.int().nonnegative() });
export type LineCount = z.infer<typeof LineCountSchema>;

/**
 * The mergeable aggregate of one window: one row per rollout, phase, window, event, tag set, dimensions and field.
 * `field` '' is the row that counts events; other rows aggregate that number field (`count` = values present).
 * `tagSet` '' counts towards verdicts. `dims` is canonical JSON: keys sorted, booleans and strings only, absent fields left out.
 */
export const WindowSeriesSchema = z.strictObject({
  rolloutId: z.string(),
  phase: z.string(),
  windowStart: z.iso.datetime(),
  event: z.string(),
  tagSet: z.string(),
  dims: z.string(),
  field: z.string(),
  count: z.int().nonnegative(),
  sum: z.number(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  histogram: HistogramSchema,
  lines: z.array(LineCountSchema),
});
export type WindowSeries = z.infer<typeof WindowSeriesSchema>;

/** Why a line is in quarantine (TEL-10); the closed list that messages and the page translate. */
export const QUARANTINE_REASONS = [
  'not_json', // includes cut-off lines, NUL bytes, NaN and Infinity
  'not_utf8',
  'not_an_object',
  'line_too_long',
  'nested_too_deep',
  'unknown_event',
  'unknown_phase', // no rollout of the policy has it
  'missing_field',
  'wrong_type',
  'out_of_range',
  'ts_invalid',
  'ts_too_old',
  'ts_in_future',
] as const;
export const QuarantineReasonSchema = z.enum(QUARANTINE_REASONS);
export type QuarantineReason = z.infer<typeof QuarantineReasonSchema>;

/** One refused line. Offsets are of the decompressed content; `lineNumber` counts from 1 in the source. */
export const QuarantinedLineSchema = z.strictObject({
  lineNumber: z.int().positive(),
  byteOffset: z.int().nonnegative(),
  byteLength: z.int().nonnegative(),
  reason: QuarantineReasonSchema,
  field: z.string().nullable(),
  message: z.string(),
  raw: z.string(),
  rawTruncated: z.boolean(),
});
export type QuarantinedLine = z.infer<typeof QuarantinedLineSchema>;

/** What counting a run of whole lines yields: nothing is lost, so the counts add up to `lineCount` (blank lines apart). */
export const BatchCountSchema = z.strictObject({
  lineCount: z.int().nonnegative(),
  blankCount: z.int().nonnegative(),
  eventCount: z.int().nonnegative(),
  excludedCount: z.int().nonnegative(),
  quarantinedCount: z.int().nonnegative(),
  minTs: z.iso.datetime().nullable(),
  maxTs: z.iso.datetime().nullable(),
  series: z.array(WindowSeriesSchema),
  quarantine: z.array(QuarantinedLineSchema),
});
export type BatchCount = z.infer<typeof BatchCountSchema>;
