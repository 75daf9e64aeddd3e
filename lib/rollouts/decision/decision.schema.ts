import { z } from 'zod';
import { RolloutStateSchema } from '../rollout.schema.ts';

/** What a decision can be (architecture decision 5), from the most protective on. The order is written here, once. */
export const DECISIONS = ['halt', 'roll_back', 'hold', 'await_approval', 'promote', 'complete'] as const;
export const DecisionKindSchema = z.enum(DECISIONS);
export type DecisionKind = z.infer<typeof DecisionKindSchema>;

/** Every gate there is. The first ones hold for every phase; the next are the policy's; the last are people's. */
export const GATE_KINDS = [
  'kill_switch',
  'rollback_pending',
  'state', // preparing, promoting, rolling back, watching or awaiting its canary: not now
  'fresh_data',
  'healthy_now', // the newest verdict met every objective
  'no_open_incident',
  'reviews_signed', // what break-glass acts owe
  'flags_as_policy', // what is served equals what the policy says of this phase
  'freeze',
  'windows_running',
  'met_for',
  'no_incident',
  'checklist',
  'signed_off',
  'not_rejected',
  'approvals',
] as const;
export const GateKindSchema = z.enum(GATE_KINDS);
export type GateKind = z.infer<typeof GateKindSchema>;

/** Why a gate stands as it does: a closed list; pages and commands render each in both languages. */
export const GATE_REASONS = [
  'met',
  'killed', // a kill switch is pressed
  'rollback_required',
  'not_started',
  'step_unproven',
  'watching',
  'awaiting_canary',
  'completed',
  'no_window_yet',
  'window_stale',
  'sources_unread',
  'verdict_missing',
  'violation',
  'objective_unmet',
  'insufficient_data',
  'incident_open',
  'incident_in_period',
  'review_unsigned',
  'policy_differs',
  'policy_unusable', // the files in governance/ are not valid; the last valid policy is in force
  'frozen_by_calendar',
  'line_stopped',
  'run_too_short', // windows or time still to go
  'run_reset_violation',
  'run_reset_unmet',
  'run_reset_gap',
  'run_reset_policy', // judged by other rules before
  'answers_missing',
  'answered_no',
  'check_failed',
  'sign_offs_missing',
  'rejected',
  'approvals_missing',
] as const;
export const GateReasonSchema = z.enum(GATE_REASONS);
export type GateReason = z.infer<typeof GateReasonSchema>;

/**
 * One gate, evaluated: where it stands now, what it needs, when it may be met and why it is not (PHA-3, PHA-4).
 * `unknown` holds like `unmet`: what cannot be seen never passes.
 */
export const GateCheckSchema = z.strictObject({
  /** The kind, and after a colon what it is about where a phase has several: `signed_off:autosave`. */
  id: z.string(),
  kind: GateKindSchema,
  state: z.enum(['met', 'unmet', 'unknown']),
  reason: GateReasonSchema,
  now: z.number().nullable(),
  needed: z.number().nullable(),
  unit: z.enum(['windows', 'seconds', 'people', 'items', 'incidents']).nullable(),
  since: z.iso.datetime().nullable(),
  /** When it can be met at the earliest if all goes well from now on; null: that depends on people or cannot be told. */
  earliestAt: z.iso.datetime().nullable(),
  /** Names and numbers behind the reason, such as `freeze`, `reset_at`, `missing` (role or item ids, comma separated). */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type GateCheck = z.infer<typeof GateCheckSchema>;

export const RollbackCauseSchema = z.enum([
  'verdict',
  'slo_unmet',
  'fast_lane',
  'violation_event',
  'source_lost', // nothing is seen any more, because a source cannot be read (COL-5)
]);
export type RollbackCause = z.infer<typeof RollbackCauseSchema>;

/** What asks for a step back; `toPhase` null: nothing is behind, a person must act. */
export const RollbackDemandSchema = z.strictObject({
  cause: RollbackCauseSchema,
  toPhase: z.string().nullable(),
  windowStart: z.iso.datetime().nullable(),
  verdictId: z.uuid().nullable(),
  /** The metrics that are in violation, as the verdict has them. */
  metrics: z.array(z.string()),
});
export type RollbackDemand = z.infer<typeof RollbackDemandSchema>;

/** A decision is a value: what, why, every gate, bound to the rollout, policy and evidence it was made of. */
export const DecisionSchema = z.strictObject({
  rolloutId: z.string(),
  phase: z.string(),
  state: RolloutStateSchema,
  rolloutVersion: z.int().positive(),
  policyHash: z.string(),
  /** What approvers sign: see evidence-hash.ts. */
  evidenceHash: z.string(),
  decision: DecisionKindSchema,
  gates: z.array(GateCheckSchema),
  /** Ids of the gates that hold it, in the order in which they should be read. */
  heldBy: z.array(z.string()),
  /**
   * When the gates that are held by time may all be met, if all goes well; signatures and answers can be given meanwhile.
   * null: nothing waits for time, or one gate depends on more than that.
   */
  earliestAt: z.iso.datetime().nullable(),
  toPhase: z.string().nullable(),
  rollback: RollbackDemandSchema.nullable(),
  automation: z.strictObject({
    promotion: z.enum(['shadow', 'recommend', 'act']),
    rollback: z.enum(['shadow', 'recommend', 'act']),
  }),
  decidedAt: z.iso.datetime(),
});
export type Decision = z.infer<typeof DecisionSchema>;

/** What made Phasegate decide: a judged window, the minute's tick, or the fast lane. */
export const DecisionSourceSchema = z.enum(['cycle', 'tick', 'fast_lane']);
export type DecisionSource = z.infer<typeof DecisionSourceSchema>;

/** Query of GET /api/v1/rollouts/{rollout}/decisions. */
export const DecisionQuerySchema = z.strictObject({
  before: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type DecisionQuery = z.infer<typeof DecisionQuerySchema>;

/** What was decided, newest first; `nextBefore` continues with `?before=`. */
export const DecisionListSchema = z.strictObject({
  rolloutId: z.string(),
  decisions: z.array(
    z.strictObject({
      id: z.uuid(),
      source: DecisionSourceSchema,
      windowStart: z.iso.datetime().nullable(),
      verdictId: z.uuid().nullable(),
      /** Never before that of an earlier decision, whatever the clock did; `decision.decidedAt` is the clock's. */
      recordedAt: z.iso.datetime(),
      decision: DecisionSchema,
    }),
  ),
  nextBefore: z.iso.datetime().nullable(),
});
export type DecisionList = z.infer<typeof DecisionListSchema>;
