import { z } from 'zod';
import { DecisionSchema } from '#lib/rollouts/index.ts';

/** A decision on record: what, when, from what, and the gates that held it with their numbers at that time. */
export const DecisionRowSchema = z.strictObject({
  id: z.string(),
  decision: DecisionSchema.shape.decision,
  phase: z.string(),
  source: z.string(),
  decidedAt: z.iso.datetime(),
  windowStart: z.iso.datetime().nullable(),
  toPhase: z.string().nullable(),
  metGates: z.int().nonnegative(),
  held: DecisionSchema.shape.gates,
});
export type DecisionRow = z.infer<typeof DecisionRowSchema>;
