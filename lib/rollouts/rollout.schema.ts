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

export const TriggerSchema = z.enum(['button', 'cli', 'api', 'slack', 'deadline', 'automatic', 'setup']);
export type Trigger = z.infer<typeof TriggerSchema>;

export const PhaseChangeKindSchema = z.enum(['start', 'promotion', 'rollback', 'restart', 'completion']);
export type PhaseChangeKind = z.infer<typeof PhaseChangeKindSchema>;

/** Whether what is served was read back and equals the step's flags: not yet, yes, or read and different. */
export const ProofSchema = z.enum(['pending', 'proven', 'failed']);
export type Proof = z.infer<typeof ProofSchema>;

/** A step that was taken: who, when, why, flags before and after. */
export const PhaseChangeSchema = z.strictObject({
  id: z.uuid(),
  rolloutId: z.string(),
  kind: PhaseChangeKindSchema,
  fromPhase: z.string().nullable(),
  toPhase: z.string(),
  trigger: TriggerSchema,
  reason: z.string(),
  actorName: z.string(),
  flagsBefore: FlagSettingsSchema,
  flagsAfter: FlagSettingsSchema,
  rolloutVersion: z.int().positive(),
  breakGlass: z.boolean(),
  proof: ProofSchema,
  provenAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type PhaseChange = z.infer<typeof PhaseChangeSchema>;

/** The states of a rollout; lib/rollouts/machine/transitions.ts says how it gets from one to the next. */
export const LIVE_STATES = [
  'preparing', // known from the policy, nothing is on, waits for a person to start it
  'running', // judged in its phase
  'awaiting_approval', // every gate but people's signatures is met
  'promoting', // the step forward is made and not read back yet
  'rolling_back', // the step back is made and not read back yet
  'watching', // proven, and watched for recovery
  'awaiting_canary', // recovered; the climb may begin again on the canary date
  'completed', // the last phase was approved; still judged, may still be rolled back
] as const;
export const LiveStateSchema = z.enum(LIVE_STATES);
export type LiveState = z.infer<typeof LiveStateSchema>;
/** `halted` keeps the state it goes on from beside it. */
export const RolloutStateSchema = z.enum([...LIVE_STATES, 'halted']);
export type RolloutState = z.infer<typeof RolloutStateSchema>;

/**
 * Where a rollout stands. `version` rises when what is served may change, `revision` with every transition.
 * While `halted`, `resumeState` is what re-arming goes back to.
 */
export const RolloutSchema = z.strictObject({
  id: z.string(),
  phase: z.string(),
  state: RolloutStateSchema,
  resumeState: LiveStateSchema.nullable(),
  version: z.int().positive(),
  revision: z.int().positive(),
  phaseEnteredAt: z.iso.datetime(),
  stateEnteredAt: z.iso.datetime(),
  watchUntil: z.iso.datetime().nullable(),
  nextCanaryAt: z.iso.datetime().nullable(),
  escalatedAt: z.iso.datetime().nullable(),
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
