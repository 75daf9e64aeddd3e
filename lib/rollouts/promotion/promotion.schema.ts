import { z } from 'zod';
import { ReasonSchema } from '../people/words.schema.ts';
import { FlagSettingsSchema, PhaseChangeSchema } from '../rollout.schema.ts';

/**
 * Body of POST /api/v1/rollouts/{rollout}/promotion, the last click (DASH-5). `fromPhase`, `expectedVersion` and
 * `evidenceHash` are those of the decision that the person was shown.
 */
export const PromotionRequestSchema = z.strictObject({
  fromPhase: z.string().min(1).max(64),
  expectedVersion: z.int().positive(),
  evidenceHash: z.string().min(1).max(128),
  reason: ReasonSchema,
  dryRun: z.boolean().default(false),
});
export type PromotionRequest = z.infer<typeof PromotionRequestSchema>;

/** What became of a press; whoever presses second learns of the first press, not of an error. */
export const PromotionOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.enum(['promoted', 'completed', 'already_done']), change: PhaseChangeSchema }),
  z.strictObject({
    outcome: z.literal('would_promote'),
    kind: z.enum(['promotion', 'completion']),
    from: z.string(),
    /** The same phase for a completion. */
    to: z.string(),
    flagsBefore: FlagSettingsSchema,
    flagsAfter: FlagSettingsSchema,
    /** Only the flags whose setting differs. */
    changedFlags: z.array(z.string()),
  }),
]);
export type PromotionOutcome = z.infer<typeof PromotionOutcomeSchema>;
