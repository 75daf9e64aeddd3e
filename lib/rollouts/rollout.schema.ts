import { z } from 'zod';

/** What one rollout asks of one flag for the people it admits (PHA-1). */
export const FlagSettingSchema = z.strictObject({
  value: z.union([z.boolean(), z.string(), z.number()]),
  audience: z.enum(['qa', 'beta', 'everyone', 'exposure']),
  exposureRatio: z.number().min(0).max(1),
});
export type FlagSetting = z.infer<typeof FlagSettingSchema>;

/** Flag key → setting. */
export const FlagSettingsSchema = z.record(z.string(), FlagSettingSchema);
export type FlagSettings = z.infer<typeof FlagSettingsSchema>;

export const TriggerSchema = z.enum(['button', 'cli', 'api', 'deadline', 'automatic', 'setup']);
export type Trigger = z.infer<typeof TriggerSchema>;

/** A step that was taken: who, when, why, flags before and after. */
export const PhaseChangeSchema = z.strictObject({
  id: z.uuid(),
  rolloutId: z.string(),
  kind: z.enum(['start', 'promotion', 'rollback']),
  fromPhase: z.string().nullable(),
  toPhase: z.string(),
  trigger: TriggerSchema,
  reason: z.string(),
  actorName: z.string(),
  flagsBefore: FlagSettingsSchema,
  flagsAfter: FlagSettingsSchema,
  rolloutVersion: z.int().positive(),
  createdAt: z.iso.datetime(),
});
export type PhaseChange = z.infer<typeof PhaseChangeSchema>;

/** Where a rollout stands. `version` rises by one with every step. */
export const RolloutSchema = z.strictObject({
  id: z.string(),
  phase: z.string(),
  version: z.int().positive(),
  phaseEnteredAt: z.iso.datetime(),
});
export type Rollout = z.infer<typeof RolloutSchema>;

/** What became of a request to step back. Whoever asks second learns of the first step, not of an error (ROL-7). */
export const RollbackOutcomeSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('rolled_back'), change: PhaseChangeSchema }),
  z.strictObject({ outcome: z.literal('already_done'), change: PhaseChangeSchema }),
  z.strictObject({
    outcome: z.literal('would_roll_back'),
    from: z.string(),
    to: z.string(),
    flagsBefore: FlagSettingsSchema,
    flagsAfter: FlagSettingsSchema,
  }),
]);
export type RollbackOutcome = z.infer<typeof RollbackOutcomeSchema>;

/** Body of POST /api/v1/rollouts/{rollout}/rollback. `fromPhase` and `expectedVersion` are what the person saw. */
export const RollbackRequestSchema = z.strictObject({
  fromPhase: z.string().min(1),
  expectedVersion: z.int().positive().optional(),
  reason: z.string().trim().min(3).max(2000),
  dryRun: z.boolean().default(false),
});
export type RollbackRequest = z.infer<typeof RollbackRequestSchema>;
