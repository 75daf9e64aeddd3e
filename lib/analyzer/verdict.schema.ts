import { z } from 'zod';

/** Best to worst: "worst of" everywhere comes from this order. No evidence is never success (ANA-4). */
export const VERDICTS = ['pass', 'warn', 'insufficient_data', 'violation'] as const;
export const VerdictKindSchema = z.enum(VERDICTS);
export type VerdictKind = z.infer<typeof VerdictKindSchema>;

/** Why a metric got its verdict; text is rendered from the code, in the reader's language. */
export const VERDICT_REASONS = [
  'within_limit',
  'near_limit', // past the warning line
  'past_limit', // counts as a violation
  'past_limit_not_yet', // past the limit, the violation rule is not met yet
  'past_limit_unproven', // judge: bound and the bound does not exclude the limit
  'bound_undecided', // judge: bound, within the point value but the bound straddles the limit
  'no_telemetry',
  'too_few_samples',
  'no_baseline',
  'source_lost', // a file that held it cannot be read, and nothing else was heard in the window (COL-5)
  'not_due', // evaluated at a slower cadence; the last evaluation is repeated
] as const;
export const VerdictReasonSchema = z.enum(VERDICT_REASONS);
export type VerdictReason = z.infer<typeof VerdictReasonSchema>;

/** One metric's part of a verdict (ANA-4, ANA-5). `value` null: not measured. */
export const MetricVerdictSchema = z.strictObject({
  metric: z.string(),
  value: z.number().nullable(),
  unit: z.enum(['ms', 'ratio', 'count']),
  limit: z.number().nullable(), // null: watched without a limit in this phase
  limit_kind: z.enum(['max', 'min', 'below', 'above']).nullable(),
  warn_at: z.number().nullable(),
  verdict: VerdictKindSchema,
  met: z.boolean().nullable(), // null: cannot tell, or no limit
  samples: z.int().nonnegative(),
  reason: VerdictReasonSchema,
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), // numbers behind the reason
  shadow: z.boolean(),
  window_seconds: z.int().positive(),
});
export type MetricVerdict = z.infer<typeof MetricVerdictSchema>;

/** The verdict of one rollout, phase and window: what `monitor:score` prints (ANA-5). */
export const PhaseVerdictSchema = z.strictObject({
  rollout: z.string(),
  phase: z.string(),
  window: z.strictObject({ start: z.iso.datetime(), end: z.iso.datetime() }),
  verdict: VerdictKindSchema,
  breach: z.boolean(),
  rollback_required: z.boolean(),
  rollbackTo: z.string().nullable(),
  slo_met: z.boolean().nullable(), // every deciding objective met; null when one cannot tell and none is unmet
  metrics: z.array(MetricVerdictSchema),
  notify_level: z.enum(['none', 'warning', 'critical']),
  retryable_failures: z.int().nonnegative(),
  policy_version: z.string(),
});
export type PhaseVerdict = z.infer<typeof PhaseVerdictSchema>;
