import { z } from 'zod';
import type { QuarantineReason } from '#lib/telemetry/index.ts';

// Written out for the browser, as in verdict-kinds.schema.ts; a test holds it equal to telemetry's list.
export const QuarantineReasonSchema = z.enum([
  'not_json',
  'not_utf8',
  'not_an_object',
  'line_too_long',
  'nested_too_deep',
  'unknown_event',
  'unknown_phase',
  'missing_field',
  'wrong_type',
  'out_of_range',
  'ts_invalid',
  'ts_too_old',
  'ts_in_future',
]) satisfies z.ZodType<QuarantineReason>;

export const QUARANTINE_STATES = ['open', 'replayed', 'discarded'] as const;
export const QuarantineStateSchema = z.enum(QUARANTINE_STATES);
export type QuarantineState = z.infer<typeof QuarantineStateSchema>;

export const QuarantineRowSchema = z.strictObject({
  id: z.string(),
  sourceName: z.string(),
  lineNumber: z.int().positive(),
  reason: QuarantineReasonSchema,
  field: z.string().nullable(),
  message: z.string(),
  raw: z.string(),
  rawTruncated: z.boolean(),
  state: QuarantineStateSchema,
  createdAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  resolvedBy: z.string().nullable(),
});
export type QuarantineRow = z.infer<typeof QuarantineRowSchema>;

/** Lines kept out of the count (TEL-10), newest first; `nextBefore` continues with `?before=`. */
export const QuarantineListSchema = z.strictObject({
  rows: z.array(QuarantineRowSchema),
  openCount: z.int().nonnegative(),
  nextBefore: z.string().nullable(),
});
export type QuarantineList = z.infer<typeof QuarantineListSchema>;
