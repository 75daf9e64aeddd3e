import { z } from 'zod';
import { VerdictKindSchema } from '#lib/analyzer/verdict.schema.ts';
import { IncidentCauseSchema, IncidentSeveritySchema } from '#lib/incidents/index.ts';
import { OutsideHaltSchema, StopSchema } from '#lib/rollouts/index.ts';
import { RightSchema } from './protection.schema.ts';
import { TextSchema } from './text.schema.ts';

/** A freeze of the policy's calendar that is in force. */
export const PlannedFreezeSchema = z.strictObject({
  id: z.string(),
  label: TextSchema,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  rollouts: z.array(TextSchema),
  /** It holds every rollout there is. */
  everything: z.boolean(),
});
export type PlannedFreeze = z.infer<typeof PlannedFreezeSchema>;

/** What can wait for a person, from the most urgent on; the list is shown in this order. */
export const TASK_KINDS = [
  'required_rollback',
  'unproven',
  'not_recovered',
  'rearm',
  'approval',
  'promotion',
  'sign_off',
  'checklist',
  'review',
  'restart',
  'start',
] as const;
export const TaskKindSchema = z.enum(TASK_KINDS);
export type TaskKind = z.infer<typeof TaskKindSchema>;

/** One thing that waits for the reader, with the place where it is done. */
export const TaskSchema = z.strictObject({
  id: z.string(),
  kind: TaskKindSchema,
  rolloutId: z.string().nullable(),
  rolloutLabel: TextSchema.nullable(),
  phase: z.string().nullable(),
  /** What it is about: a panel, an item of a checklist, a phase. */
  about: TextSchema.nullable(),
  since: z.iso.datetime().nullable(),
  /** When it happens without the reader. */
  dueAt: z.iso.datetime().nullable(),
  href: z.string(),
});
export type Task = z.infer<typeof TaskSchema>;

/** What every page says first: what is stopped, and what waits for the reader. */
export const AttentionSchema = z.strictObject({
  now: z.iso.datetime(),
  readerId: z.string(),
  /** The orders in force, newest first. */
  stops: z.array(StopSchema),
  /** A halt from outside Phasegate; it ends where it was made. */
  outside: OutsideHaltSchema.nullable(),
  freezes: z.array(PlannedFreezeSchema),
  tasks: z.array(TaskSchema),
  openIncidentCount: z.int().nonnegative(),
  rollouts: z.array(z.strictObject({ id: z.string(), label: TextSchema })),
  rights: z.strictObject({
    halt: RightSchema,
    rearm: RightSchema,
    freeze: RightSchema,
    collection: RightSchema,
  }),
  rearmSigners: z.int().positive(),
  reviewSigners: z.int().positive(),
});
export type Attention = z.infer<typeof AttentionSchema>;

/** Why the reader may not sign a review. */
export const REVIEW_BLOCKS = ['own_act', 'role', 'signed', 'closed'] as const;

/** What a break-glass act owes, and who has signed it. */
export const ReviewViewSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['rollback', 'kill']),
  rolloutId: z.string().nullable(),
  rolloutLabel: TextSchema.nullable(),
  /** The step or the scope it is about: `B → A`, or null. */
  step: z.strictObject({ fromPhase: z.string().nullable(), toPhase: z.string() }).nullable(),
  reason: z.string(),
  openedByName: z.string(),
  openedAt: z.iso.datetime(),
  needed: z.int().positive(),
  closedAt: z.iso.datetime().nullable(),
  signatures: z.array(
    z.strictObject({ personName: z.string(), comment: z.string(), signedAt: z.iso.datetime() }),
  ),
  blockedBy: z.enum(REVIEW_BLOCKS).nullable(),
});
export type ReviewView = z.infer<typeof ReviewViewSchema>;

/** Why the reader cannot close an incident. */
export const INCIDENT_BLOCKS = ['role', 'rollback_open', 'step_unproven', 'not_recovered', 'closed'] as const;

export const IncidentViewSchema = z.strictObject({
  id: z.string(),
  number: z.int(),
  rolloutId: z.string(),
  rolloutLabel: TextSchema,
  phase: z.string(),
  cause: IncidentCauseSchema,
  severity: IncidentSeveritySchema,
  state: z.enum(['open', 'closed']),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  closedByName: z.string().nullable(),
  closeReason: z.string().nullable(),
  /** The newest judged windows of the rollout, which decide whether it may be closed; newest first. */
  windows: z.array(
    z.strictObject({
      start: z.iso.datetime(),
      end: z.iso.datetime(),
      verdict: VerdictKindSchema,
      sloMet: z.boolean().nullable(),
    }),
  ),
  blockedBy: z.enum(INCIDENT_BLOCKS).nullable(),
});
export type IncidentView = z.infer<typeof IncidentViewSchema>;

/** Stops, reviews and incidents with what came of them: the pages behind the notices. */
export const SafetyRecordSchema = z.strictObject({
  now: z.iso.datetime(),
  endedStops: z.array(StopSchema),
  reviews: z.array(ReviewViewSchema),
  incidents: z.array(IncidentViewSchema),
  rights: z.strictObject({ signReview: RightSchema, closeIncident: RightSchema }),
});
export type SafetyRecord = z.infer<typeof SafetyRecordSchema>;
