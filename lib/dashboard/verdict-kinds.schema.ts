import { z } from 'zod';
import type { MetricVerdict, VerdictKind, VerdictReason } from '#lib/analyzer/index.ts';

// Written out here and not imported as values: the browser parses answers with these and needs no judge.
// A test holds them equal to the analyzer's.
export const VerdictKindSchema = z.enum([
  'pass',
  'warn',
  'insufficient_data',
  'violation',
]) satisfies z.ZodType<VerdictKind>;

export const VerdictReasonSchema = z.enum([
  'within_limit',
  'near_limit',
  'past_limit',
  'past_limit_not_yet',
  'past_limit_unproven',
  'bound_undecided',
  'no_telemetry',
  'too_few_samples',
  'no_baseline',
  'not_due',
]) satisfies z.ZodType<VerdictReason>;

/** One metric's part of a verdict, as stored. */
export const MetricVerdictViewSchema = z.strictObject({
  metric: z.string(),
  value: z.number().nullable(),
  unit: z.enum(['ms', 'ratio', 'count']),
  limit: z.number().nullable(),
  limit_kind: z.enum(['max', 'min', 'below', 'above']).nullable(),
  warn_at: z.number().nullable(),
  verdict: VerdictKindSchema,
  met: z.boolean().nullable(),
  samples: z.int().nonnegative(),
  reason: VerdictReasonSchema,
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  shadow: z.boolean(),
  window_seconds: z.int().positive(),
}) satisfies z.ZodType<MetricVerdict>;
