import { z } from 'zod';
import { QuarantineReasonSchema } from '#lib/telemetry/window-series.schema.ts';

export const QUARANTINE_STATES = ['open', 'replayed', 'discarded'] as const;
export const QuarantineStateSchema = z.enum(QUARANTINE_STATES);
export type QuarantineState = z.infer<typeof QuarantineStateSchema>;

/** A line that could not be counted (TEL-10). `lineNumber` counts from 1 in its source. */
export const QuarantinedSchema = z.strictObject({
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
export type Quarantined = z.infer<typeof QuarantinedSchema>;

/** Lines kept out of the count (TEL-10), newest first; `nextBefore` continues with `?before=`. */
export const QuarantineListSchema = z.strictObject({
  rows: z.array(QuarantinedSchema),
  openCount: z.int().nonnegative(),
  nextBefore: z.string().nullable(),
});
export type QuarantineList = z.infer<typeof QuarantineListSchema>;

const IdSchema = z.string().regex(/^[1-9]\d{0,17}$/, { error: 'not the number of a quarantined line' });

/** One page, newest first: `before` is the `nextBefore` of the page before. */
export const QuarantineQuerySchema = z.strictObject({
  state: QuarantineStateSchema.optional(),
  reason: QuarantineReasonSchema.optional(),
  before: IdSchema.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type QuarantineQuery = z.infer<typeof QuarantineQuerySchema>;

export const QuarantinePathSchema = z.strictObject({ id: IdSchema });

/** The line as a person mended it: exactly one. */
export const ReplayRequestSchema = z.strictObject({
  raw: z
    .string()
    .min(1)
    .max(1 << 20)
    .refine((raw) => !/[\r\n]/.test(raw.trim()), { error: 'must be one line' }),
});
