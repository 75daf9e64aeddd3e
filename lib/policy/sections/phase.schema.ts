import { z } from 'zod';
import { DurationSchema } from '../duration.ts';
import { GateSchema } from './gate.schema.ts';
import { ObjectiveSchema } from './objective.schema.ts';
import { FlagValueSchema, IdSchema, LocalizedTextSchema } from './values.schema.ts';

const ApprovalSchema = z.strictObject({ role: IdSchema, count: z.int().positive().default(1) });

/** How far automation goes: `shadow` decides and records, `recommend` asks a person, `act` acts. */
export const AUTOMATION_LEVELS = ['shadow', 'recommend', 'act'] as const;
const AutomationLevelSchema = z.enum(AUTOMATION_LEVELS);
export type AutomationLevel = z.infer<typeof AutomationLevelSchema>;

/** Channels for each level of message; nothing is told twice to a channel. */
const RoutesSchema = z.strictObject({
  info: z.array(IdSchema).default([]),
  warning: z.array(IdSchema).default([]),
  critical: z.array(IdSchema).default([]),
});

/** A phase: who is admitted to what, what is measured, and what a step forward or back takes (PHA-1 … PHA-7, ROL-3). */
export const PhaseSchema = z
  .strictObject({
    id: IdSchema,
    label: LocalizedTextSchema,
    audience: z.enum(['qa', 'beta', 'everyone', 'exposure']),
    exposure: z.number().min(0).max(1).default(1),
    /** What this rollout asks of each flag it controls, for those it admits. */
    flags: z.record(z.string(), FlagValueSchema),
    objectives: z
      .array(ObjectiveSchema)
      .min(1, { error: 'a phase without an objective can never be judged' }),
    gates: z.array(GateSchema).min(1, { error: 'a phase without a gate could be left without a reason' }),
    approvals: z.array(ApprovalSchema).min(1, { error: 'a promotion needs at least one approval' }),
    promoteBy: z.array(IdSchema).min(1),
    /** automatic: executes at once; on_call: a person confirms, at the deadline it executes by itself (ROL-3). */
    rollback: z
      .strictObject({ mode: z.enum(['automatic', 'on_call']), decideWithin: DurationSchema.default(900) })
      .transform(({ decideWithin, ...rest }) => ({ ...rest, decideWithinSeconds: decideWithin })),
    /** The trust ladder. A promotion that acts by itself still needs every approval; only the last click is left out. */
    automation: z
      .strictObject({
        promotion: AutomationLevelSchema.default('recommend'),
        rollback: AutomationLevelSchema.default('act'),
      })
      .default({ promotion: 'recommend', rollback: 'act' }),
    /** Who is told of what here, by level, in the order in which they are told (REP-1). */
    notify: RoutesSchema.default({ info: [], warning: [], critical: [] }),
  })
  .transform(({ exposure, ...rest }) => ({ ...rest, exposureRatio: exposure }));
export type Phase = z.infer<typeof PhaseSchema>;
