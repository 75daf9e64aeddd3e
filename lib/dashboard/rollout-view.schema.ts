import { z } from 'zod';
import { VerdictKindSchema, VerdictReasonSchema } from '#lib/analyzer/verdict.schema.ts';
import { DecisionSchema } from '#lib/rollouts/index.ts';
import { LiveStateSchema, RolloutStateSchema } from '#lib/rollouts/rollout.schema.ts';
import { BudgetSummarySchema } from '#lib/slo/budget-summary.schema.ts';
import { DecisionRowSchema } from './decision-row.schema.ts';
import { FlagChangeSchema, GetsItSchema } from './flag-change.schema.ts';
import {
  ApprovalsViewSchema,
  ChecklistViewSchema,
  PromotionViewSchema,
  SignOffViewSchema,
  StartViewSchema,
} from './people.schema.ts';
import {
  AudienceSchema,
  FlagValueSchema,
  PhaseChangeViewSchema,
  ReachSchema,
} from './phase-change.schema.ts';
import { SightSchema, SourcesSchema } from './sight.schema.ts';
import { TextSchema } from './text.schema.ts';

/** The closed list of what the first line of a rollout can say; the page has one sentence for each. */
export const HEADLINES = [
  'no_telemetry_yet',
  'no_verdict_yet',
  'blind',
  'rollback_required',
  'rollback_waits',
  'violation',
  'insufficient_data',
  'warn',
  'pass',
] as const;
export const HeadlineCodeSchema = z.enum(HEADLINES);
export type HeadlineCode = z.infer<typeof HeadlineCodeSchema>;

/** The verdict sentence as data: what, since when, and the metric that decides it. */
export const HeadlineSchema = z.strictObject({
  code: HeadlineCodeSchema,
  /** Start of the unbroken run of windows with this verdict; of `rollback_waits` when it was asked for. */
  since: z.iso.datetime().nullable(),
  windows: z.int().nonnegative(),
  rollbackTo: z.string().nullable(),
  metric: z
    .strictObject({
      id: z.string(),
      label: TextSchema,
      unit: z.enum(['ms', 'ratio', 'count']),
      value: z.number().nullable(),
      limit: z.number().nullable(),
      limitKind: z.enum(['max', 'min', 'below', 'above']).nullable(),
      verdict: VerdictKindSchema,
      reason: VerdictReasonSchema,
      samples: z.int().nonnegative(),
    })
    .nullable(),
});
export type Headline = z.infer<typeof HeadlineSchema>;

/** A gate as a rule, without progress. */
export const GateRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('windows_running'), neededWindows: z.int().positive() }),
  z.strictObject({ kind: z.literal('met_for'), neededSeconds: z.int().positive() }),
  z.strictObject({ kind: z.literal('no_incident'), severity: z.enum(['any', 'major']) }),
  z.strictObject({ kind: z.literal('checklist'), list: z.string() }),
  z.strictObject({ kind: z.literal('signed_off'), panels: z.array(z.string()), role: z.string() }),
]);
export type GateRule = z.infer<typeof GateRuleSchema>;

export const NextEvaluationSchema = z.strictObject({
  windowStart: z.iso.datetime(),
  windowEnd: z.iso.datetime(),
  /** The verdict is due between these two. */
  earliest: z.iso.datetime(),
  latest: z.iso.datetime(),
});

/** What the policy calls things, in both languages; ids that are not in it are shown as they are. */
export const PolicyNamesSchema = z.strictObject({
  roles: z.record(z.string(), TextSchema),
  panels: z.record(z.string(), TextSchema),
  freezes: z.record(z.string(), TextSchema),
  /** `list/item` */
  items: z.record(z.string(), TextSchema),
});
export type PolicyNames = z.infer<typeof PolicyNamesSchema>;

/** What a rollout waits for that a clock decides. */
export const DEADLINES = [
  'rollback_due',
  'rollback_held',
  'watch_until',
  'canary',
  'approvals_expire',
  'freeze_ends',
] as const;
export const DeadlineSchema = z.strictObject({ kind: z.enum(DEADLINES), at: z.iso.datetime() });
export type Deadline = z.infer<typeof DeadlineSchema>;

/** One rollout on the overview: where it stands, whether it is safe, what comes next. */
export const RolloutSummarySchema = z.strictObject({
  id: z.string(),
  label: TextSchema,
  phase: z.string(),
  phaseLabel: TextSchema,
  phaseEnteredAt: z.iso.datetime(),
  state: RolloutStateSchema,
  /** While halted: what re-arming goes back to. */
  resumeState: LiveStateSchema.nullable(),
  stateEnteredAt: z.iso.datetime(),
  headline: HeadlineSchema,
  decision: DecisionSchema,
  /** The next moment at which something happens by itself or ends. */
  deadline: DeadlineSchema.nullable(),
  /** The worst that is open. */
  incident: z
    .strictObject({ number: z.int(), severity: z.enum(['major', 'minor']), openedAt: z.iso.datetime() })
    .nullable(),
  /** Incidents that are open or were closed within the last cycle, the newest first: pages say `rollback_active` (INC-3). */
  rollbackActive: z.array(
    z.strictObject({
      id: z.uuid(),
      key: z.string(),
      severity: z.enum(['major', 'minor']),
      openedAt: z.iso.datetime(),
      closedAt: z.iso.datetime().nullable(),
    }),
  ),
  /** The error budget whose burn rate calls for a person at once (DASH-4). */
  burning: BudgetSummarySchema.nullable(),
  nextEvaluation: NextEvaluationSchema,
  sight: SightSchema,
});
export type RolloutSummary = z.infer<typeof RolloutSummarySchema>;

/** Every rollout in short, and how well Phasegate sees. */
export const OverviewSchema = z.strictObject({
  now: z.iso.datetime(),
  sight: SightSchema,
  sources: SourcesSchema,
  quarantineOpenCount: z.int().nonnegative(),
  rollouts: z.array(RolloutSummarySchema),
  names: PolicyNamesSchema,
  telemetrySources: z.array(z.string()),
  /** Why the policy on disk is not the one in force, one line per issue; empty while it is. */
  policyProblems: z.array(z.string()),
});
export type Overview = z.infer<typeof OverviewSchema>;

/** A node of the timeline: what the phase asks for, and, where it has been entered, by whom and when. */
export const PhaseNodeSchema = z.strictObject({
  id: z.string(),
  label: TextSchema,
  position: z.enum(['past', 'current', 'next', 'later']),
  audience: AudienceSchema,
  exposureRatio: z.number(),
  flags: z.record(z.string(), FlagValueSchema),
  gates: z.array(GateRuleSchema),
  approvals: z.array(z.strictObject({ role: TextSchema, count: z.int().positive() })),
  /** The newest change that led here. */
  entered: PhaseChangeViewSchema.nullable(),
});
export type PhaseNode = z.infer<typeof PhaseNodeSchema>;

/** What Roll back would do, and why it may be unavailable. */
export const RollbackOfferSchema = z.strictObject({
  fromPhase: z.string(),
  toPhase: z.string().nullable(),
  fromAudience: ReachSchema,
  toAudience: ReachSchema.nullable(),
  flagChanges: z.array(FlagChangeSchema),
  expectedVersion: z.int(),
  blockedBy: z.enum(['nothing_behind', 'role']).nullable(),
  allowedRoles: z.array(TextSchema),
});
export type RollbackOffer = z.infer<typeof RollbackOfferSchema>;

/** The rollout page's head: identity, verdict sentence, timeline, actions, history. */
export const RolloutViewSchema = z.strictObject({
  now: z.iso.datetime(),
  summary: RolloutSummarySchema,
  version: z.int().positive(),
  /** The newest verdict of this stay in the phase: what the panels show. */
  verdictId: z.string().nullable(),
  phases: z.array(PhaseNodeSchema),
  /** Who gets its flags now, and would after the next step in either direction; worked out, not measured. */
  getsIt: z.strictObject({
    now: z.array(GetsItSchema),
    afterRollback: z.array(GetsItSchema).nullable(),
    afterPromotion: z.array(GetsItSchema).nullable(),
  }),
  rollback: RollbackOfferSchema,
  start: StartViewSchema.nullable(),
  promotion: PromotionViewSchema,
  approvals: ApprovalsViewSchema,
  checklists: z.array(ChecklistViewSchema),
  signOffs: z.array(SignOffViewSchema),
  /** What was decided before, newest first; a row where it differed from the one before. */
  decisions: z.array(DecisionRowSchema),
  names: PolicyNamesSchema,
  changes: z.array(PhaseChangeViewSchema),
  panels: z.array(z.strictObject({ id: z.string(), label: TextSchema, kind: z.enum(['metrics', 'slo']) })),
  metricLabels: z.record(z.string(), TextSchema),
});
export type RolloutView = z.infer<typeof RolloutViewSchema>;
