import { z } from 'zod';
import { LinkSchema, RemarkSchema } from '../people/words.schema.ts';
import { TriggerSchema } from '../rollout.schema.ts';

export const ApprovalChoiceSchema = z.enum(['approve', 'reject']);
export type ApprovalChoice = z.infer<typeof ApprovalChoiceSchema>;

/** Why a vote ended before it was used. */
export const ApprovalEndSchema = z.enum([
  'withdrawn',
  'replaced',
  'evidence_changed',
  'policy_changed',
  'expired',
  'phase_left',
]);
export type ApprovalEnd = z.infer<typeof ApprovalEndSchema>;

/** A person's yes or no to the promotion out of a phase, bound to what they were shown (PHA-3). */
export const ApprovalSchema = z.strictObject({
  id: z.uuid(),
  rolloutId: z.string(),
  phase: z.string(),
  rolloutVersion: z.int().positive(),
  policyHash: z.string(),
  evidenceHash: z.string(),
  choice: ApprovalChoiceSchema,
  role: z.string(),
  comment: z.string(),
  minutesUrl: z.string().nullable(),
  personId: z.string(),
  personName: z.string(),
  trigger: TriggerSchema,
  givenAt: z.iso.datetime(),
  /** A yes ends by itself; a no does not. */
  expiresAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  endReason: ApprovalEndSchema.nullable(),
});
export type Approval = z.infer<typeof ApprovalSchema>;

/**
 * Body of POST /api/v1/rollouts/{rollout}/approvals. `rolloutVersion`, `policyHash` and `evidenceHash` are those of the
 * decision that the person was shown. Without `role` the system picks, among the places still open, one they may fill.
 */
export const GiveApprovalRequestSchema = z
  .strictObject({
    choice: ApprovalChoiceSchema,
    comment: RemarkSchema,
    minutesUrl: LinkSchema.optional(),
    role: z.string().min(1).max(64).optional(),
    rolloutVersion: z.int().positive(),
    policyHash: z.string().min(1).max(128),
    evidenceHash: z.string().min(1).max(128),
    dryRun: z.boolean().default(false),
  })
  .refine(({ choice, comment }) => choice === 'approve' || comment.length >= 3, {
    path: ['comment'],
    error: 'say why not',
  });
export type GiveApprovalRequest = z.infer<typeof GiveApprovalRequestSchema>;

/** `already_given`: the same word is in force already; `replaced`: this one took the place of an earlier one of theirs. */
export const GiveApprovalOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.enum(['given', 'replaced', 'already_given']), approval: ApprovalSchema }),
  z.strictObject({ outcome: z.literal('would_give'), choice: ApprovalChoiceSchema, role: z.string() }),
]);
export type GiveApprovalOutcome = z.infer<typeof GiveApprovalOutcomeSchema>;

/** Answer of DELETE /api/v1/rollouts/{rollout}/approvals/{id}. */
export const WithdrawApprovalOutcomeSchema = z.strictObject({
  outcome: z.enum(['withdrawn', 'already_ended']),
  approval: ApprovalSchema,
});
export type WithdrawApprovalOutcome = z.infer<typeof WithdrawApprovalOutcomeSchema>;
