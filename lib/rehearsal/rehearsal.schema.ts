import { z } from 'zod';
import { VerdictKindSchema } from '#lib/analyzer/index.ts';
import { DurationSchema } from '#lib/policy/index.ts';
import { DecisionSchema } from '#lib/rollouts/index.ts';
import { FlagSettingsSchema } from '#lib/rollouts/rollout.schema.ts';

/** Body of POST /api/v1/rollouts/{rollout}/rehearsals. */
export const RehearsalRequestSchema = z.strictObject({
  /** Break an objective of the phase; without `metric`, the first that asks for a rollback. */
  breach: z.boolean().default(true),
  metric: z.string().min(1).max(100).optional(),
  /** A collection that comes this late, such as `180s`. */
  latency: DurationSchema.optional(),
  /** Really send the messages, each marked dry_run=true. */
  deliver: z.boolean().default(false),
});
export type RehearsalRequest = z.infer<typeof RehearsalRequestSchema>;

const at = z.iso.datetime();

export const STAGES = [
  'collect',
  'analyze',
  'report',
  'rollback',
  'received',
  'escalation',
  'rolled_back',
  'rca',
] as const;
/** `at`: when it was reached as played; null: only people reach it, by `dueAt`. */
const StageSchema = z.strictObject({
  stage: z.enum(STAGES),
  dueAt: at,
  at: at.nullable(),
  late: z.boolean(),
});
export type Stage = z.infer<typeof StageSchema>;

/** What makes a message go out: by itself, at the deadline if nobody decides, once a person confirms, or at the end. */
export const FIRED_WHEN = ['at_once', 'at_deadline', 'when_confirmed', 'at_the_end'] as const;
export type FiredWhen = (typeof FIRED_WHEN)[number];

const RollbackPlayedSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('would_roll_back'),
    from: z.string(),
    to: z.string(),
    flagsBefore: FlagSettingsSchema,
    flagsAfter: FlagSettingsSchema,
  }),
  z.strictObject({ outcome: z.literal('refused'), reason: z.string() }),
  z.strictObject({ outcome: z.literal('not_required') }),
]);

/** What a rehearsal played (ROL-8): every part is marked and nothing of the real rollout was changed. */
export const RehearsalSchema = z.strictObject({
  id: z.uuid(),
  dryRun: z.literal(true),
  rolloutId: z.string(),
  phase: z.string(),
  playedAt: at,
  by: z.string(),
  path: z.string(),
  simulated: z.strictObject({
    metric: z.string().nullable(),
    latencySeconds: z.number().nullable(),
    lines: z.int().nonnegative(),
  }),
  window: z.strictObject({ start: at, end: at }),
  verdict: z.strictObject({
    verdict: VerdictKindSchema,
    rollbackRequired: z.boolean(),
    metrics: z.array(
      z.strictObject({
        metric: z.string(),
        value: z.number().nullable(),
        limit: z.number().nullable(),
        verdict: VerdictKindSchema,
      }),
    ),
  }),
  decision: DecisionSchema.shape.decision,
  demand: z
    .strictObject({ toPhase: z.string().nullable(), mode: z.string(), dueAt: at.nullable() })
    .nullable(),
  rollback: RollbackPlayedSchema,
  fired: z.array(z.strictObject({ kind: z.string(), when: z.enum(FIRED_WHEN), at })),
  stages: z.array(StageSchema),
  late: z.array(z.enum(STAGES)),
  /** What each channel would get; `problem`: why it would get nothing. */
  messages: z.array(
    z.strictObject({
      kind: z.string(),
      channel: z.string(),
      sink: z.string(),
      text: z.string(),
      problem: z.string().nullable(),
    }),
  ),
  delivered: z.boolean(),
});
export type Rehearsal = z.infer<typeof RehearsalSchema>;
