import { z } from 'zod';
import { LinkSchema, RemarkSchema } from '../people/words.schema.ts';

/** A reviewer's signature under a panel (DASH-1 … DASH-4); it ends with the policy or the phase it was given for. */
export const PanelSignOffSchema = z.strictObject({
  id: z.uuid(),
  rolloutId: z.string(),
  phase: z.string(),
  rolloutVersion: z.int().positive(),
  policyHash: z.string(),
  panel: z.string(),
  role: z.string(),
  comment: z.string(),
  link: z.string().nullable(),
  /** The verdict that the panel showed; null before the first. */
  verdictId: z.uuid().nullable(),
  personId: z.string(),
  personName: z.string(),
  givenAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  endReason: z.enum(['withdrawn', 'policy_changed', 'phase_left']).nullable(),
});
export type PanelSignOff = z.infer<typeof PanelSignOffSchema>;

/** Body of POST /api/v1/rollouts/{rollout}/sign-offs. Version, policy and verdict are those the person was shown. */
export const SignOffRequestSchema = z.strictObject({
  panel: z.string().min(1).max(64),
  comment: RemarkSchema,
  /** Minutes, PagerDuty timeline, decision note. */
  link: LinkSchema.optional(),
  rolloutVersion: z.int().positive(),
  policyHash: z.string().min(1).max(128),
  verdictId: z.uuid().nullable(),
  dryRun: z.boolean().default(false),
});
export type SignOffRequest = z.infer<typeof SignOffRequestSchema>;

export const SignOffOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.enum(['signed', 'already_signed']), signOff: PanelSignOffSchema }),
  z.strictObject({ outcome: z.literal('would_sign'), panel: z.string(), role: z.string() }),
]);
export type SignOffOutcome = z.infer<typeof SignOffOutcomeSchema>;

/** Answer of DELETE /api/v1/rollouts/{rollout}/sign-offs/{id}. */
export const WithdrawSignOffOutcomeSchema = z.strictObject({
  outcome: z.enum(['withdrawn', 'already_ended']),
  signOff: PanelSignOffSchema,
});
export type WithdrawSignOffOutcome = z.infer<typeof WithdrawSignOffOutcomeSchema>;
