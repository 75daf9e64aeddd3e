import { z } from 'zod';
import { RollbackCauseSchema } from '#lib/rollouts/index.ts';
import { PhaseChangeKindSchema, ProofSchema } from '#lib/rollouts/rollout.schema.ts';
import { TextSchema } from './text.schema.ts';

export const FlagValueSchema = z.union([z.boolean(), z.string(), z.number()]);
export type FlagValue = z.infer<typeof FlagValueSchema>;

export const AudienceSchema = z.enum(['qa', 'beta', 'everyone', 'exposure']);

/** Whom a phase admits, and how many of them. */
export const ReachSchema = z.strictObject({ audience: AudienceSchema, exposureRatio: z.number() });

/** Why a step was made by itself: a code and what it is about; pages have a sentence for each. */
export const BECAUSE_CODES = [...RollbackCauseSchema.options, 'gates_met'] as const;
export const BecauseSchema = z.strictObject({
  code: z.enum(BECAUSE_CODES),
  metrics: z.array(TextSchema),
  /** Nobody had decided by the deadline. */
  overdue: z.boolean(),
});
export type Because = z.infer<typeof BecauseSchema>;

/** A step a rollout has taken: who, when, why, and the flags before and after (PHA-3, ROL-4). */
export const PhaseChangeViewSchema = z.strictObject({
  id: z.string(),
  kind: PhaseChangeKindSchema,
  fromPhase: z.string().nullable(),
  toPhase: z.string(),
  trigger: z.string(),
  reason: z.string(),
  /** null where a person gave the reason, and on steps from before it was kept apart. */
  because: BecauseSchema.nullable(),
  actorName: z.string(),
  breakGlass: z.boolean(),
  proof: ProofSchema,
  /** When what is served was read back and found equal. */
  provenAt: z.iso.datetime().nullable(),
  at: z.iso.datetime(),
});
export type PhaseChangeView = z.infer<typeof PhaseChangeViewSchema>;
