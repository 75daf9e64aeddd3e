import { z } from 'zod';
import { QuarantineReasonSchema } from '#lib/telemetry/window-series.schema.ts';

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
