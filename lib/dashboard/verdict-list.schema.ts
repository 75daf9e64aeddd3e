import { z } from 'zod';
import { MetricVerdictSchema, VerdictKindSchema } from '#lib/analyzer/verdict.schema.ts';

/** One stored verdict; `metrics` are as judged. A late event adds a revision, nothing is rewritten (COL-6). */
export const VerdictRowSchema = z.strictObject({
  id: z.string(),
  phase: z.string(),
  windowStart: z.iso.datetime(),
  windowEnd: z.iso.datetime(),
  revision: z.int().positive(),
  verdict: VerdictKindSchema,
  sloMet: z.boolean().nullable(),
  rollbackRequired: z.boolean(),
  rollbackTo: z.string().nullable(),
  policyHash: z.string(),
  createdAt: z.iso.datetime(),
  metrics: z.array(MetricVerdictSchema),
});
export type VerdictRow = z.infer<typeof VerdictRowSchema>;

/** The latest revision of each window, newest first; `nextBefore` continues with `?before=`. */
export const VerdictListSchema = z.strictObject({
  rolloutId: z.string(),
  verdicts: z.array(VerdictRowSchema),
  nextBefore: z.iso.datetime().nullable(),
});
export type VerdictList = z.infer<typeof VerdictListSchema>;
