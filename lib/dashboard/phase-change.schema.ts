import { z } from 'zod';
import { PhaseChangeKindSchema, ProofSchema } from '#lib/rollouts/rollout.schema.ts';

export const FlagValueSchema = z.union([z.boolean(), z.string(), z.number()]);
export type FlagValue = z.infer<typeof FlagValueSchema>;

export const AudienceSchema = z.enum(['qa', 'beta', 'everyone', 'exposure']);

/** Whom a phase admits, and how many of them. */
export const ReachSchema = z.strictObject({ audience: AudienceSchema, exposureRatio: z.number() });

/** A step a rollout has taken: who, when, why, and the flags before and after (PHA-3, ROL-4). */
export const PhaseChangeViewSchema = z.strictObject({
  id: z.string(),
  kind: PhaseChangeKindSchema,
  fromPhase: z.string().nullable(),
  toPhase: z.string(),
  trigger: z.string(),
  reason: z.string(),
  actorName: z.string(),
  breakGlass: z.boolean(),
  proof: ProofSchema,
  /** When what is served was read back and found equal. */
  provenAt: z.iso.datetime().nullable(),
  at: z.iso.datetime(),
});
export type PhaseChangeView = z.infer<typeof PhaseChangeViewSchema>;
