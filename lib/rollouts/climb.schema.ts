import { z } from 'zod';
import { FlagSettingsSchema, PhaseChangeSchema } from './rollout.schema.ts';

/** Body of POST /api/v1/rollouts/{rollout}/start and …/restart. `expectedVersion` is what the person saw. */
export const ClimbRequestSchema = z.strictObject({
  expectedVersion: z.int().positive().optional(),
  reason: z.string().trim().min(3).max(2000),
  dryRun: z.boolean().default(false),
});
export type ClimbRequest = z.infer<typeof ClimbRequestSchema>;

/** What became of a start or restart. The same person pressing twice learns of the first. */
export const ClimbOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.enum(['started', 'restarted', 'already_done']), change: PhaseChangeSchema }),
  z.strictObject({
    outcome: z.enum(['would_start', 'would_restart']),
    from: z.string().nullable(),
    to: z.string(),
    flagsBefore: FlagSettingsSchema,
    flagsAfter: FlagSettingsSchema,
  }),
]);
export type ClimbOutcome = z.infer<typeof ClimbOutcomeSchema>;
