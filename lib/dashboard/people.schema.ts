import { z } from 'zod';
import { FlagChangeSchema } from './flag-change.schema.ts';
import { ReachSchema } from './phase-change.schema.ts';
import { TextSchema } from './text.schema.ts';

/** Whether a vote counts now, and if not, why (PHA-3): votes are weighed when they are used. */
export const VOTE_STANDINGS = [
  'counts',
  'blocks', // a no
  'evidence_changed',
  'policy_changed',
  'expired',
  'role_lost',
  'surplus', // there are enough of this role, or the person counts already
] as const;
export const VoteStandingSchema = z.enum(VOTE_STANDINGS);
export type VoteStanding = z.infer<typeof VoteStandingSchema>;

/** Why the reader cannot sign, said before they try. */
export const VOTE_OBSTACLES = ['state', 'permission', 'role', 'gates', 'voted'] as const;
const VoteObstacleSchema = z.enum(VOTE_OBSTACLES);
export type VoteObstacle = z.infer<typeof VoteObstacleSchema>;

export const VoteViewSchema = z.strictObject({
  id: z.string(),
  choice: z.enum(['approve', 'reject']),
  role: z.string(),
  personName: z.string(),
  comment: z.string(),
  minutesUrl: z.string().nullable(),
  givenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  standing: VoteStandingSchema,
  /** The reader's own: they may withdraw it. */
  mine: z.boolean(),
});
export type VoteView = z.infer<typeof VoteViewSchema>;

/** A word that was given and no longer stands; on record with its reason. */
export const EndedWordSchema = z.strictObject({
  id: z.string(),
  what: z.string(),
  personName: z.string(),
  givenAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  endReason: z.string().nullable(),
});
export type EndedWord = z.infer<typeof EndedWordSchema>;

/** Who must sign the way out of this phase, who has, and whether the reader may. */
export const ApprovalsViewSchema = z.strictObject({
  required: z.array(
    z.strictObject({ role: z.string(), needed: z.int().positive(), given: z.int().nonnegative() }),
  ),
  votes: z.array(VoteViewSchema),
  ended: z.array(EndedWordSchema),
  /** The roles that the reader may sign as. */
  signAs: z.array(z.string()),
  approveBlockedBy: VoteObstacleSchema.nullable(),
  rejectBlockedBy: VoteObstacleSchema.nullable(),
});
export type ApprovalsView = z.infer<typeof ApprovalsViewSchema>;

/** Why the last click is not open to the reader; the first that applies is shown. */
export const PROMOTION_OBSTACLES = ['gates', 'role', 'four_eyes'] as const;

/** The last click: where to, what changes for whom, and why it is not open to the reader. */
export const PromotionViewSchema = z.strictObject({
  kind: z.enum(['promote', 'complete']),
  fromPhase: z.string(),
  toPhase: z.string().nullable(),
  from: ReachSchema,
  to: ReachSchema.nullable(),
  flagChanges: z.array(FlagChangeSchema),
  blockedBy: z.enum(PROMOTION_OBSTACLES).nullable(),
  allowedRoles: z.array(z.string()),
});
export type PromotionView = z.infer<typeof PromotionViewSchema>;

/** Offered while a rollout is being prepared: nothing is on until a person starts it. */
export const StartViewSchema = z.strictObject({
  phase: z.string(),
  to: ReachSchema,
  flagChanges: z.array(FlagChangeSchema),
  blockedBy: z.enum(['role', 'halted']).nullable(),
  allowedRoles: z.array(z.string()),
});
export type StartView = z.infer<typeof StartViewSchema>;

/** An item of a checklist: answered by the system with its evidence, or by a named person (PHA-7). */
export const ChecklistItemViewSchema = z.strictObject({
  id: z.string(),
  label: TextSchema,
  by: z.enum(['system', 'person']),
  check: z.string().nullable(),
  role: z.string().nullable(),
  answer: z.enum(['yes', 'no']).nullable(),
  personName: z.string().nullable(),
  comment: z.string().nullable(),
  givenAt: z.iso.datetime().nullable(),
  /** There is an answer, and it no longer counts: its giver lost the role that may give it. */
  roleLost: z.boolean(),
  /** What the system's answer rests on: a count, or a time. */
  evidence: z.strictObject({ count: z.number().nullable(), at: z.iso.datetime().nullable() }).nullable(),
  mayAnswer: z.boolean(),
});
export type ChecklistItemView = z.infer<typeof ChecklistItemViewSchema>;

export const ChecklistViewSchema = z.strictObject({
  gateId: z.string(),
  list: z.string(),
  items: z.array(ChecklistItemViewSchema),
});
export type ChecklistView = z.infer<typeof ChecklistViewSchema>;

/** A panel that the way out of this phase needs signed (DASH-1 … DASH-4). */
export const SignOffViewSchema = z.strictObject({
  gateId: z.string(),
  panel: z.string(),
  role: z.string(),
  signed: z
    .strictObject({
      id: z.string(),
      personName: z.string(),
      comment: z.string(),
      link: z.string().nullable(),
      givenAt: z.iso.datetime(),
      /** The reader's own: they may withdraw it. */
      mine: z.boolean(),
    })
    .nullable(),
  /** Newest first. */
  ended: z.array(EndedWordSchema),
  blockedBy: z.enum(['permission', 'role', 'signed', 'state']).nullable(),
});
export type SignOffView = z.infer<typeof SignOffViewSchema>;
