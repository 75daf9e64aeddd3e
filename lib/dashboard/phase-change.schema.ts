import { z } from 'zod';

export const FlagValueSchema = z.union([z.boolean(), z.string(), z.number()]);
export type FlagValue = z.infer<typeof FlagValueSchema>;

/** A step a rollout has taken: who, when, why, and the flags before and after (PHA-3, ROL-4). */
export const PhaseChangeViewSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['start', 'promotion', 'rollback']),
  fromPhase: z.string().nullable(),
  toPhase: z.string(),
  trigger: z.string(),
  reason: z.string(),
  actorName: z.string(),
  at: z.iso.datetime(),
});
export type PhaseChangeView = z.infer<typeof PhaseChangeViewSchema>;
