import { z } from 'zod';

const InstantSchema = z.iso.datetime();
const TextSchema = z.object({ ja: z.string(), en: z.string() });
const MonthSchema = z
  .string()
  .regex(/^[1-9]\d{3}-(0[1-9]|1[0-2])$/, { error: 'write a month such as 2026-10' });
const DaySchema = z.iso.date();

/** What part of the past a report is about: a calendar month of the policy's time zone, or the rolling period up to now. */
export const SloPeriodSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rolling'), from: InstantSchema, to: InstantSchema }),
  /** `closed`: the month and the lateness after it have passed, so no event can change it any more. */
  z.object({
    kind: z.literal('month'),
    month: MonthSchema,
    from: InstantSchema,
    to: InstantSchema,
    closed: z.boolean(),
  }),
]);
export type SloPeriod = z.infer<typeof SloPeriodSchema>;

/** How much of a budget is left, in words: the bands of Harness SRM. `unknown`: nothing was measured. */
export const BUDGET_STATES = [
  'healthy',
  'observe',
  'attention',
  'unhealthy',
  'exhausted',
  'unknown',
] as const;
export type BudgetState = (typeof BUDGET_STATES)[number];

/** Good and bad of a span. `basis` events: of the objective's own events; windows: of 15-minute windows. */
const CountsSchema = z.object({
  goodCount: z.int().nonnegative(),
  badCount: z.int().nonnegative(),
});

export const BudgetSchema = CountsSchema.extend({
  /** Share of good that the policy asks for. Where it changed within the span: weighted by what was counted under each. */
  targetRatio: z.number(),
  attainedRatio: z.number().nullable(),
  /** How many could be bad at this volume; a fraction is possible. */
  allowedBadCount: z.number(),
  /** 1 − bad ÷ allowed: 1 untouched, 0 spent, below 0 overspent. Null where nothing was counted. */
  remainingRatio: z.number().nullable(),
  state: z.enum(BUDGET_STATES),
});
export type Budget = z.infer<typeof BudgetSchema>;

const BurnAlertSchema = z.object({
  severity: z.enum(['page', 'ticket']),
  budgetShare: z.number(),
  longSeconds: z.int(),
  shortSeconds: z.int(),
  /** Burn rate from which it fires: budgetShare × period ÷ long (14.4 for 2 % in 1 h of 30 d). */
  thresholdRate: z.number(),
  /** Bad share ÷ allowed share in each window; null where nothing was counted, and where nothing at all may be bad. */
  longBurnRate: z.number().nullable(),
  shortBurnRate: z.number().nullable(),
  firing: z.boolean(),
  /** Both windows burn fast enough, of fewer bad ones than the policy calls a trend. */
  tooFew: z.boolean(),
  /** Seconds until the budget is gone at the long window's rate; null below rate 1, which lasts the whole period, or when it is gone. */
  exhaustedInSeconds: z.number().nullable(),
});
export type BurnAlert = z.infer<typeof BurnAlertSchema>;

/** One objective over the report's period. Phases of one rollout share a metric; their limits may differ. */
const SloObjectiveSchema = z.object({
  phase: z.string(),
  metric: z.string(),
  label: TextSchema,
  unit: z.enum(['ms', 'ratio', 'count']),
  basis: z.enum(['events', 'windows']),
  /** As today's policy says; null where it no longer has this objective. */
  limit: z.object({ kind: z.enum(['max', 'min', 'below', 'above']), value: z.number() }).nullable(),
  budget: BudgetSchema,
  /** One point per day of the policy's zone, oldest first; every day of the period has one, so that gaps stay gaps. */
  burnDown: z.array(
    CountsSchema.extend({
      day: DaySchema,
      /** Of the whole period's budget so far, after this day; null before anything was counted and on days without counts. */
      remainingRatio: z.number().nullable(),
    }),
  ),
  /** Only for the rolling period: a closed month burns no more. */
  alerts: z.array(BurnAlertSchema),
});
export type SloObjective = z.infer<typeof SloObjectiveSchema>;

const AttainmentSchema = z.object({
  month: MonthSchema,
  phase: z.string(),
  /** Windows whose every objective was met, those that could be told, and those that could not. */
  metWindows: z.int(),
  toldWindows: z.int(),
  untoldWindows: z.int(),
  attainedRatio: z.number().nullable(),
});
export type Attainment = z.infer<typeof AttainmentSchema>;

/** What may read otherwise after a month was reported. */
export const SLO_FACTS = ['attainment', 'objectives', 'steps', 'incidents', 'approvals', 'signOffs'] as const;
export type SloFact = (typeof SLO_FACTS)[number];

/** The committee's report of one rollout (DASH-4). One function fills page, print, CSV and API. */
export const SloReportSchema = z.object({
  rolloutId: z.string(),
  label: TextSchema,
  timezone: z.string(),
  generatedAt: InstantSchema,
  period: SloPeriodSchema,
  /** Months that have any verdict, newest first: what may be chosen. */
  months: z.array(MonthSchema),
  phases: z.array(z.object({ id: z.string(), label: TextSchema })),
  /** Under which policies the period was judged, oldest first. */
  policyVersions: z.array(z.object({ hash: z.string(), from: InstantSchema })),
  /** Windows of the period that should have a verdict, that have one, and whose verdict could be told. */
  coverage: z.object({ expectedWindows: z.int(), judgedWindows: z.int(), toldWindows: z.int() }),
  /** From when budgets are counted; earlier windows have verdicts but no counts. Null: nothing is counted yet. */
  countedFrom: InstantSchema.nullable(),
  attainment: z.array(AttainmentSchema),
  /** Least remaining budget first. */
  objectives: z.array(SloObjectiveSchema),
  steps: z.array(
    z.object({
      id: z.string(),
      at: InstantSchema,
      kind: z.enum(['start', 'promotion', 'rollback', 'restart', 'completion']),
      fromPhase: z.string().nullable(),
      toPhase: z.string(),
      trigger: z.string(),
      actorName: z.string(),
      reason: z.string(),
      breakGlass: z.boolean(),
      proof: z.enum(['pending', 'proven', 'failed']),
    }),
  ),
  incidents: z.array(
    z.object({
      id: z.string(),
      number: z.int(),
      severity: z.enum(['major', 'minor']),
      cause: z.string(),
      phase: z.string(),
      openedAt: InstantSchema,
      closedAt: InstantSchema.nullable(),
    }),
  ),
  approvals: z.array(
    z.object({
      id: z.string(),
      at: InstantSchema,
      phase: z.string(),
      choice: z.enum(['approve', 'reject']),
      role: z.string(),
      personName: z.string(),
      comment: z.string(),
      minutesUrl: z.string().nullable(),
      endReason: z.string().nullable(),
    }),
  ),
  signOffs: z.array(
    z.object({
      id: z.string(),
      at: InstantSchema,
      phase: z.string(),
      panel: z.string(),
      role: z.string(),
      personName: z.string(),
      comment: z.string(),
      link: z.string().nullable(),
    }),
  ),
  /**
   * SHA-256 of the report without this member, `generatedAt`, `months` and `snapshot`, as canonical JSON: two prints of the
   * same facts bear the same.
   */
  contentSha256: z.string(),
  /** A closed month is kept as it was first reported; null for what still moves. */
  snapshot: z
    .object({
      path: z.string(),
      at: InstantSchema,
      /** What reads otherwise by now: an incident that was closed later, a signature that ended, counts of telemetry replayed. */
      changedSince: z.array(z.enum(SLO_FACTS)),
    })
    .nullable(),
});
export type SloReport = z.infer<typeof SloReportSchema>;

/** GET /api/v1/slo: one rollout; a month, or without it the rolling period. */
export const SloQuerySchema = z.strictObject({ rollout: z.string(), month: MonthSchema.optional() });
export type SloQuery = z.infer<typeof SloQuerySchema>;

/** The tables of a report as CSV. */
export const SLO_TABLES = [
  'report',
  'objectives',
  'burn_down',
  'alerts',
  'attainment',
  'steps',
  'incidents',
  'approvals',
  'sign_offs',
] as const;
export type SloTable = (typeof SLO_TABLES)[number];

/** GET /api/v1/slo/csv: one table, or without it all of them in one. */
export const SloCsvQuerySchema = SloQuerySchema.extend({ table: z.enum(SLO_TABLES).optional() });
