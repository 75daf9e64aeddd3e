import { z } from 'zod';
import { RollbackCauseSchema } from '../decision/decision.schema.ts';

/**
 * How a required rollback is decided: `automatic` at once, `on_call` by a person or at its deadline, `recommend` by a
 * person alone, `shadow` by nobody: it is only on record.
 */
export const RollbackModeSchema = z.enum(['automatic', 'on_call', 'recommend', 'shadow']);
export type RollbackMode = z.infer<typeof RollbackModeSchema>;

export const RequiredRollbackStateSchema = z.enum(['open', 'executed', 'declined', 'withdrawn', 'recorded']);

/** A rollback that something requires (ROL-3), from its demand to what became of it. One is open per rollout. */
export const RequiredRollbackSchema = z.strictObject({
  id: z.uuid(),
  rolloutId: z.string(),
  phase: z.string(),
  rolloutVersion: z.int().positive(),
  /** null: nothing is behind; a person must act otherwise, nothing ever executes. */
  toPhase: z.string().nullable(),
  cause: RollbackCauseSchema,
  mode: RollbackModeSchema,
  state: RequiredRollbackStateSchema,
  verdictId: z.uuid().nullable(),
  windowStart: z.iso.datetime().nullable(),
  /** What requires it: metrics in violation, the event that was sent. */
  evidence: z.record(z.string(), z.json()),
  openedAt: z.iso.datetime(),
  /** When it executes by itself; null: never. Past while a kill switch is pressed: overdue. */
  dueAt: z.iso.datetime().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  decidedByName: z.string().nullable(),
  decidedReason: z.string().nullable(),
  changeId: z.uuid().nullable(),
});
export type RequiredRollback = z.infer<typeof RequiredRollbackSchema>;

/** Body of POST /api/v1/rollouts/{rollout}/rollback/decline: not now, and why. */
export const DeclineRequestSchema = z.strictObject({
  /** The request the person saw; without it, the one that is open. */
  requestId: z.uuid().optional(),
  reason: z.string().trim().min(3).max(2000),
  dryRun: z.boolean().default(false),
});
export type DeclineRequest = z.infer<typeof DeclineRequestSchema>;

/** What became of a "not now". Whoever says it twice gets the first answer. */
export const DeclineOutcomeSchema = z.strictObject({
  outcome: z.enum(['declined', 'already_done', 'would_decline']),
  request: RequiredRollbackSchema,
});
export type DeclineOutcome = z.infer<typeof DeclineOutcomeSchema>;
