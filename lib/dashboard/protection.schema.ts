import { z } from 'zod';
import { VerdictKindSchema } from '#lib/analyzer/verdict.schema.ts';
import { RollbackCauseSchema } from '#lib/rollouts/index.ts';
import { PhaseChangeKindSchema, ProofSchema, RolloutStateSchema } from '#lib/rollouts/rollout.schema.ts';
import { FlagChangeSchema } from './flag-change.schema.ts';
import { ReachSchema } from './phase-change.schema.ts';
import { TextSchema } from './text.schema.ts';

/** Whether the reader may do it, and which roles may. */
export const RightSchema = z.strictObject({ allowed: z.boolean(), roles: z.array(TextSchema) });
export type Right = z.infer<typeof RightSchema>;

export const ROLLBACK_MODES = ['automatic', 'on_call', 'recommend', 'shadow'] as const;

/** A metric that asks for the rollback, as the verdict had it. */
export const CauseMetricSchema = z.strictObject({
  id: z.string(),
  label: TextSchema,
  unit: z.enum(['ms', 'ratio', 'count']),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  limitKind: z.enum(['max', 'min', 'below', 'above']).nullable(),
  samples: z.int().nonnegative(),
});
export type CauseMetric = z.infer<typeof CauseMetricSchema>;

/** A rollback that is required and waits for somebody, or the deadline (ROL-3). */
export const RequiredRollbackSchema = z.strictObject({
  id: z.string(),
  cause: RollbackCauseSchema,
  mode: z.enum(ROLLBACK_MODES),
  fromPhase: z.string(),
  /** null: nothing is behind; a person must act otherwise. */
  toPhase: z.string().nullable(),
  openedAt: z.iso.datetime(),
  /** When it executes by itself; null: never. */
  dueAt: z.iso.datetime().nullable(),
  windowStart: z.iso.datetime().nullable(),
  metrics: z.array(CauseMetricSchema),
  /** Metrics that a sender or the SLO names without a value of their own. */
  named: z.array(TextSchema),
  /** Events that are themselves a violation. */
  events: z.array(z.strictObject({ event: z.string(), count: z.number() })),
});
export type RequiredRollback = z.infer<typeof RequiredRollbackSchema>;

/** The last "not now" in this phase, or what a shadow only recorded. */
export const PastRequestSchema = z.strictObject({
  cause: RollbackCauseSchema,
  toPhase: z.string().nullable(),
  at: z.iso.datetime(),
  byName: z.string().nullable(),
  reason: z.string().nullable(),
});
export type PastRequest = z.infer<typeof PastRequestSchema>;

/** The newest step and whether what is served was read back. */
export const NewestStepSchema = z.strictObject({
  id: z.string(),
  kind: PhaseChangeKindSchema,
  fromPhase: z.string().nullable(),
  toPhase: z.string(),
  at: z.iso.datetime(),
  actorName: z.string(),
  trigger: z.string(),
  reason: z.string(),
  breakGlass: z.boolean(),
  proof: ProofSchema,
  attempts: z.int().nonnegative(),
  provenAt: z.iso.datetime().nullable(),
  /** Not proven by then: a person is called. */
  escalateAt: z.iso.datetime(),
});
export type NewestStep = z.infer<typeof NewestStepSchema>;

/** The watch after a rollback (ROL-5). */
export const WatchSchema = z.strictObject({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  readings: z.array(
    z.strictObject({ at: z.iso.datetime(), verdict: VerdictKindSchema, sloMet: z.boolean().nullable() }),
  ),
  readingCount: z.int().nonnegative(),
  metCount: z.int().nonnegative(),
  neededWindows: z.int().positive(),
});
export type Watch = z.infer<typeof WatchSchema>;

/** Why the climb cannot begin again yet. */
export const RESTART_BLOCKS = [
  'killed',
  'rollback_pending',
  'policy_unusable',
  'frozen',
  'reviews_unsigned',
  'too_early',
  'role_missing',
  'not_now',
] as const;

/** What protects one rollout at this moment: the part of its page that comes before everything else. */
export const ProtectionSchema = z.strictObject({
  now: z.iso.datetime(),
  rolloutId: z.string(),
  label: TextSchema,
  phase: z.string(),
  state: RolloutStateSchema,
  /** What is going on behind a pressed kill switch, else the state itself. */
  place: RolloutStateSchema,
  version: z.int(),
  required: RequiredRollbackSchema.nullable(),
  declined: PastRequestSchema.nullable(),
  shadowed: PastRequestSchema.nullable(),
  step: NewestStepSchema.nullable(),
  watch: WatchSchema.nullable(),
  canary: z
    .strictObject({
      at: z.iso.datetime(),
      /** Where the climb begins again. */
      restartPhase: z.string(),
      /** Whom the present phase and that one admit, and with which flags. */
      from: ReachSchema.extend({ phase: z.string() }),
      to: ReachSchema,
      flagChanges: z.array(FlagChangeSchema),
      blockedBy: z.enum(RESTART_BLOCKS).nullable(),
      roles: z.array(TextSchema),
    })
    .nullable(),
  escalatedAt: z.iso.datetime().nullable(),
  /** How many others must sign after a rollback that nothing required. */
  reviewSigners: z.int().positive(),
  rights: z.strictObject({ rollBack: RightSchema, decide: RightSchema }),
});
export type Protection = z.infer<typeof ProtectionSchema>;
