import { z } from 'zod';
import { DurationSchema } from './duration.ts';
import { EventNameSchema, FieldNameSchema } from './events.schema.ts';

const IdSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, { error: 'use letters, digits, - and _' });
export const LocalizedTextSchema = z.strictObject({ ja: z.string().min(1), en: z.string().min(1) });
export type LocalizedText = z.infer<typeof LocalizedTextSchema>;
const ScalarSchema = z.union([z.string(), z.boolean()]);
const TimeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'write a time of day such as 10:00' });
const TimezoneSchema = z.string().refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), {
  error: 'not an IANA time zone, such as Asia/Tokyo',
});

/** Which events count: an event name and the values its dimension fields must have. */
const SelectorSchema = z.strictObject({
  event: EventNameSchema,
  where: z.record(FieldNameSchema, z.union([ScalarSchema, z.array(ScalarSchema).min(1)])).default({}),
  /** Add up this number instead of counting events. */
  sum: FieldNameSchema.optional(),
});
export type Selector = z.infer<typeof SelectorSchema>;

const METRIC_COMMON = {
  label: LocalizedTextSchema,
  description: LocalizedTextSchema,
  unit: z.enum(['ms', 'ratio', 'count']),
  better: z.enum(['lower', 'higher']),
} as const;

/** A metric: source events, filter and aggregation (ANA-1, ANA-2). Window and cadence belong to its use. */
export const MetricSchema = z.discriminatedUnion('aggregation', [
  z.strictObject({
    ...METRIC_COMMON,
    aggregation: z.literal('p95'),
    of: SelectorSchema,
    field: FieldNameSchema,
  }),
  z.strictObject({
    ...METRIC_COMMON,
    aggregation: z.literal('max'),
    of: SelectorSchema,
    field: FieldNameSchema,
  }),
  z.strictObject({ ...METRIC_COMMON, aggregation: z.literal('count'), of: z.array(SelectorSchema).min(1) }),
  z.strictObject({
    ...METRIC_COMMON,
    aggregation: z.literal('rate'),
    numerator: z.array(SelectorSchema).min(1),
    denominator: z.array(SelectorSchema).min(1),
  }),
  z.strictObject({
    ...METRIC_COMMON,
    aggregation: z.literal('delta_vs_baseline'),
    of: IdSchema, // a rate metric
    mode: z.enum(['relative', 'absolute']).default('relative'),
    baseline: z
      .strictObject({
        phases: z.array(IdSchema).min(1),
        window: DurationSchema,
        minSamples: z.int().positive(),
      })
      .transform(({ window, ...rest }) => ({ ...rest, windowSeconds: window })),
  }),
  z
    .strictObject({
      ...METRIC_COMMON,
      aggregation: z.literal('moving_average'),
      of: IdSchema,
      step: DurationSchema,
    })
    .transform(({ step, ...rest }) => ({ ...rest, stepSeconds: step })),
]);
export type Metric = z.infer<typeof MetricSchema>;

/** A trailing span, or the calendar day of the policy's time zone so far. */
const WindowSchema = z.union([z.literal('day'), DurationSchema]);

/**
 * When a value past its limit becomes a violation. `consecutive` counts evaluations at the objective's cadence;
 * `timesPerDay` counts evaluations in the calendar day; `unmetFor` needs the objective unmet without a break that long.
 */
const ViolationRuleSchema = z.union([
  z.strictObject({ consecutive: z.int().positive() }),
  z.strictObject({ timesPerDay: z.int().positive() }),
  z.strictObject({ unmetFor: DurationSchema }).transform(({ unmetFor }) => ({ unmetForSeconds: unmetFor })),
]);

const LIMIT_KEYS = ['max', 'min', 'below', 'above'] as const;

/** An SLO of one phase: a metric, its limit, its window and how it decides. */
export const ObjectiveSchema = z
  .strictObject({
    metric: IdSchema,
    /** Exactly one of: value ≤ max, value ≥ min, value < below, value > above. */
    max: z.number().optional(),
    min: z.number().optional(),
    below: z.number().optional(),
    above: z.number().optional(),
    window: WindowSchema,
    every: DurationSchema.default(900),
    minSamples: z.int().nonnegative().default(20),
    /** point: the plain value decides; bound: only a confidence bound past the limit is proof. */
    judge: z.enum(['point', 'bound']).default('point'),
    confidence: z.number().gt(0.5).lt(1).default(0.95),
    /** Measured and shown, never decides. */
    shadow: z.boolean().default(false),
    violation: ViolationRuleSchema.default({ consecutive: 1 }),
    /** What a violation asks for; `warn` blocks promotion and never rolls back. */
    onViolation: z.enum(['roll_back', 'warn']).default('roll_back'),
  })
  .refine((o) => LIMIT_KEYS.filter((key) => o[key] !== undefined).length === 1, {
    error: 'give exactly one limit: max, min, below or above',
  })
  .transform(({ max, min, below, above, window, every, ...rest }) => ({
    ...rest,
    limit:
      max !== undefined
        ? ({ kind: 'max', value: max } as const)
        : min !== undefined
          ? ({ kind: 'min', value: min } as const)
          : below !== undefined
            ? ({ kind: 'below', value: below } as const)
            : ({ kind: 'above', value: above as number } as const),
    window:
      window === 'day'
        ? ({ kind: 'calendar_day' } as const)
        : ({ kind: 'trailing', seconds: window } as const),
    everySeconds: every,
  }));
export type Objective = z.infer<typeof ObjectiveSchema>;
export type Limit = Objective['limit'];

const ApprovalSchema = z.strictObject({ role: IdSchema, count: z.int().positive().default(1) });

/** A condition of promotion (PHA table); all gates of a phase must be met, besides those that hold everywhere. */
const GateSchema = z.discriminatedUnion('kind', [
  /** The last n windows met every objective, none missing in between. */
  z.strictObject({ kind: z.literal('windows_running'), windows: z.int().positive() }),
  /** Every objective met without a break for this long. */
  z
    .strictObject({ kind: z.literal('met_for'), duration: DurationSchema })
    .transform(({ duration, ...rest }) => ({ ...rest, durationSeconds: duration })),
  /** No incident of this severity or worse was opened since the phase began, or, with `within`, in that last period. */
  z
    .strictObject({
      kind: z.literal('no_incident'),
      severity: z.enum(['any', 'major']),
      within: DurationSchema.optional(),
    })
    .transform(({ within, ...rest }) => ({ ...rest, withinSeconds: within ?? null })),
  /** Every item of a checklist is answered with yes: by the system where it can know, else by a named person (PHA-7). */
  z.strictObject({ kind: z.literal('checklist'), list: IdSchema }),
  /** Each of these panels carries a signature of somebody with the role (DASH-1 … DASH-4). */
  z.strictObject({ kind: z.literal('signed_off'), panels: z.array(IdSchema).min(1), role: IdSchema }),
]);
export type Gate = z.infer<typeof GateSchema>;

/** How far automation goes: `shadow` decides and records, `recommend` asks a person, `act` acts. */
export const AUTOMATION_LEVELS = ['shadow', 'recommend', 'act'] as const;
export const AutomationLevelSchema = z.enum(AUTOMATION_LEVELS);
export type AutomationLevel = z.infer<typeof AutomationLevelSchema>;

/** Channels for each level of message; nothing is told twice to a channel. */
const RoutesSchema = z.strictObject({
  info: z.array(IdSchema).default([]),
  warning: z.array(IdSchema).default([]),
  critical: z.array(IdSchema).default([]),
});
export type Routes = z.infer<typeof RoutesSchema>;

const PhaseSchema = z
  .strictObject({
    id: IdSchema,
    label: LocalizedTextSchema,
    audience: z.enum(['qa', 'beta', 'everyone', 'exposure']),
    exposure: z.number().min(0).max(1).default(1),
    /** What this rollout asks of each flag it controls, for those it admits. */
    flags: z.record(z.string(), z.union([z.boolean(), z.string(), z.number()])),
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

const FlagValueSchema = z.union([z.boolean(), z.string(), z.number()]);

/** A word to clients beside the features, such as `autosave.lock`: raised while a rolled back rollout is watched (ROL-4). */
const SignalSchema = z.strictObject({ normal: FlagValueSchema, raised: FlagValueSchema });
export type Signal = z.infer<typeof SignalSchema>;

/** What follows a rollback: how long it is watched, and when the climb may begin again (ROL-4, ROL-5, COL-8). */
const AfterRollbackSchema = z
  .strictObject({
    watch: DurationSchema,
    lookEvery: DurationSchema,
    lookOftenFor: DurationSchema,
    /** Recovered: this many windows running met every objective by the end of the watch. */
    recoveredWindows: z.int().positive(),
    canaryAfterBusinessDays: z.int().nonnegative(),
    canaryAt: TimeOfDaySchema,
  })
  .transform(({ watch, lookEvery, lookOftenFor, ...rest }) => ({
    ...rest,
    watchSeconds: watch,
    lookEverySeconds: lookEvery,
    lookOftenForSeconds: lookOftenFor,
  }));

/** A rollout: its phases in the order of promotion. One phase back is the entry before. */
export const RolloutPolicySchema = z
  .strictObject({
    label: LocalizedTextSchema,
    /** Where the climb begins again after a rollback; a phase further back stays where it is. */
    restartFrom: IdSchema,
    /** An SLO unmet for this long in any phase asks for a rollback, whatever its violation rule says (PHA-5). */
    rollBackWhenUnmetFor: DurationSchema,
    afterRollback: AfterRollbackSchema,
    /** Where a flag stands for people whom the current phase does not admit. */
    flagDefaults: z.record(z.string(), FlagValueSchema),
    signals: z.record(z.string(), SignalSchema).default({}),
    panels: z.array(IdSchema).min(1),
    phases: z.array(PhaseSchema).min(1),
  })
  .transform(({ rollBackWhenUnmetFor, ...rest }) => ({
    ...rest,
    rollBackWhenUnmetForSeconds: rollBackWhenUnmetFor,
  }));
export type RolloutPolicy = z.infer<typeof RolloutPolicySchema>;

const PanelSchema = z.strictObject({
  label: LocalizedTextSchema,
  /** metrics: a chart with figures; slo: how often each phase met its objectives besides (DASH-4). */
  kind: z.enum(['metrics', 'slo']).default('metrics'),
  /** The metric that is drawn, then those shown as figures beside it. */
  chart: z.array(IdSchema).min(1),
  figures: z.array(IdSchema).default([]),
  channel: IdSchema.optional(),
  /** What must agree before the panel can be signed (DASH-2): each alert of the incidents' log has its file. */
  signOffNeeds: z.enum(['incident_log']).optional(),
});

/** Everything a program may do that needs a permission. */
export const PERMISSIONS = [
  'view',
  'roll_back',
  'decide_rollback',
  'promote',
  'approve',
  'sign_off',
  'answer_checklist',
  'sign_review',
  'halt',
  'rearm',
  'freeze',
  'pause_collection',
  'close_incident',
  'send_again',
  'report_bug',
  'record_deployment',
  'rehearse',
  'resolve_quarantine',
  'run_job',
  'cancel_job',
  'manage_users',
  'manage_keys',
] as const;
export const PermissionSchema = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof PermissionSchema>;

const ChannelSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slack'), channel: z.string().regex(/^#/), url: z.url().optional() }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    service: z.string().min(1),
    severity: z.enum(['P1', 'P2']),
  }),
  z.strictObject({ kind: z.literal('github_issue') }),
]);

/** What a machine can answer of a checklist; anything else is asked of a person. */
export const CHECKLIST_CHECKS = [
  /** Every deciding objective of the phase was measured in the newest window. */
  'objectives_measured',
  /** No telemetry line waits in the quarantine. */
  'telemetry_valid',
  /** The newest verdict of the phase met every objective. */
  'objectives_met',
  /** After a rollback the next canary date is on record. */
  'canary_planned',
] as const;
export type ChecklistCheck = (typeof CHECKLIST_CHECKS)[number];

const ChecklistItemSchema = z
  .strictObject({
    id: IdSchema,
    label: LocalizedTextSchema,
    check: z.enum(CHECKLIST_CHECKS).optional(),
    role: IdSchema.optional(),
  })
  .refine((item) => (item.check === undefined) !== (item.role === undefined), {
    error: 'an item is answered either by a check or by a person with a role',
  });
export type ChecklistItem = z.infer<typeof ChecklistItemSchema>;

const LocalDateTimeSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, {
  error: 'write a local time such as 2026-12-28T18:00',
});
const WeekTimeSchema = z.string().regex(/^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$/, {
  error: 'write a day and a time such as fri 18:00',
});

/** A time in which promotions are held, never rollbacks: once, or every week; in its own or the policy's time zone. */
const FreezeSchema = z.strictObject({
  id: IdSchema,
  label: LocalizedTextSchema,
  rollouts: z.array(IdSchema).min(1).optional(),
  timezone: TimezoneSchema.optional(),
  period: z.union([
    z.strictObject({ from: LocalDateTimeSchema, to: LocalDateTimeSchema }),
    z.strictObject({ weekly: z.strictObject({ from: WeekTimeSchema, to: WeekTimeSchema }) }),
  ]),
});
export type Freeze = z.infer<typeof FreezeSchema>;

const RateLimitSchema = z
  .strictObject({ count: z.int().positive(), per: DurationSchema })
  .transform(({ count, per }) => ({ count, windowSeconds: per }));

const BurnRateSchema = z
  .strictObject({
    severity: z.enum(['page', 'ticket']),
    budgetShare: z.number().gt(0).max(1),
    long: DurationSchema,
    short: DurationSchema,
  })
  .refine(({ long, short }) => short < long, { error: 'the short window must be shorter than the long one' })
  .transform(({ long, short, ...rest }) => ({ ...rest, longSeconds: long, shortSeconds: short }));
export type BurnRate = z.infer<typeof BurnRateSchema>;

/** governance/policy.yaml (PHA-1, PHA-6, ANA-2, REP-1): every threshold, window, role and route. */
export const PolicySchema = z.strictObject({
  version: z.literal(1),
  timezone: TimezoneSchema,
  cycle: z
    .strictObject({
      window: DurationSchema,
      slots: z.strictObject({ collect: DurationSchema, analyze: DurationSchema, report: DurationSchema }),
      lateness: DurationSchema,
      catchUp: DurationSchema,
      staleAfter: DurationSchema,
      delayedAfter: DurationSchema,
      onTimeWithin: DurationSchema,
      /** Collection paused by a person for longer than this is warned of (COL-9). */
      pauseWarnAfter: DurationSchema,
    })
    .transform((c) => ({
      windowSeconds: c.window,
      slotSeconds: c.slots,
      latenessSeconds: c.lateness,
      catchUpSeconds: c.catchUp,
      staleAfterSeconds: c.staleAfter,
      delayedAfterSeconds: c.delayedAfter,
      onTimeWithinSeconds: c.onTimeWithin,
      pauseWarnAfterSeconds: c.pauseWarnAfter,
    })),
  telemetry: z
    .strictObject({
      sources: z.array(z.string().min(1)).min(1),
      futureTolerance: DurationSchema,
      maxAge: DurationSchema,
      maxLineBytes: z.int().positive(),
      maxBodyBytes: z.int().positive(),
      maxValuesPerDimension: z.int().positive(),
      /** First match wins; events with no match count towards verdicts (TEL-11). */
      exclusions: z.array(
        z.strictObject({
          tag: z.string().regex(/^[a-z0-9_=]+$/),
          where: z.record(FieldNameSchema, ScalarSchema),
          phases: z.array(IdSchema).min(1).optional(),
          event: EventNameSchema.optional(),
        }),
      ),
    })
    .transform(({ futureTolerance, maxAge, ...rest }) => ({
      ...rest,
      futureToleranceSeconds: futureTolerance,
      maxAgeSeconds: maxAge,
    })),
  retention: z
    .strictObject({
      windows: DurationSchema,
      verdicts: DurationSchema,
      payloads: DurationSchema,
      quarantine: DurationSchema,
      /** Sessions and one-time links, counted from their end. */
      sessions: DurationSchema,
    })
    .transform((r) => ({
      windowsSeconds: r.windows,
      verdictsSeconds: r.verdicts,
      payloadsSeconds: r.payloads,
      quarantineSeconds: r.quarantine,
      sessionsSeconds: r.sessions,
    })),
  /** How people's words count (PHA-3). */
  signatures: z
    .strictObject({
      approvalsExpireAfter: DurationSchema,
      /** Others than whoever broke the glass who must sign before the next promotion. */
      reviewSigners: z.int().positive(),
      /** People who must agree before the kill switch is armed again. */
      rearmSigners: z.int().min(2),
    })
    .transform(({ approvalsExpireAfter, ...rest }) => ({
      ...rest,
      approvalsExpireAfterSeconds: approvalsExpireAfter,
    })),
  /** Keys with which people act as themselves through the API. */
  personalKeys: z
    .strictObject({ expireWithin: DurationSchema })
    .transform(({ expireWithin }) => ({ expireWithinSeconds: expireWithin })),
  /** Who asks more often than this waits: 429 with Retry-After. Counted by each process. */
  limits: z.strictObject({
    /** Of one client key. */
    flagRequests: RateLimitSchema,
    /** Failed sign-ins of one account from one address, of one account, and from one address. */
    signInPerAccountAndAddress: RateLimitSchema,
    signInPerAccount: RateLimitSchema,
    signInPerAddress: RateLimitSchema,
  }),
  /** What is acted on before its window has closed (TEL-8). */
  fastLane: z.strictObject({
    /** How sure running counts must be, one-sided, before they prove a breach of a window that is still open. */
    confidence: z.number().gt(0.5).lt(1),
    /** Events of clients that must have been heard before numbers prove anything: one alone, forged or odd, is no proof. */
    minEvents: z.int().positive(),
    /** Events that are themselves a violation. */
    violationEvents: z.array(EventNameSchema),
  }),
  /** After a promotion or rollback what is served is read back; unproven for this long, a person is called. */
  proof: z
    .strictObject({ escalateAfter: DurationSchema })
    .transform(({ escalateAfter }) => ({ escalateAfterSeconds: escalateAfter })),
  freezes: z.array(FreezeSchema).default([]),
  /** How people are told (REP-1 … REP-7). */
  reporting: z.strictObject({
    language: z.enum(['ja', 'en']),
    /** Who is called by name in urgent messages, as Slack writes it: @oncall or a user group. */
    mention: z.string().min(1),
    /** When a good window is announced: at each, or when it follows one that was not. */
    announceOk: z.enum(['every_window', 'on_change']),
    /** Phases from which on good windows are announced, by rollout. */
    announceOkFrom: z.record(IdSchema, IdSchema),
    /** Told of kill switches and re-arming. */
    stops: z.array(IdSchema),
    /** When the daily report is made, in the policy's time zone. */
    dailyAt: TimeOfDaySchema,
  }),
  /** Deadlines of an incident's steps (INC-1), counted from its opening but for the RCA, which is due in business days. */
  incidents: z
    .strictObject({
      receivedWithin: DurationSchema,
      decidedWithin: DurationSchema,
      rolledBackWithin: DurationSchema,
      rcaDraftWithin: DurationSchema,
      rcaDueBusinessDays: z.int().positive(),
      closedAfterGreenWindows: z.int().positive(),
      remindEvery: DurationSchema,
    })
    .transform((i) => ({
      receivedWithinSeconds: i.receivedWithin,
      decidedWithinSeconds: i.decidedWithin,
      rolledBackWithinSeconds: i.rolledBackWithin,
      rcaDraftWithinSeconds: i.rcaDraftWithin,
      rcaDueBusinessDays: i.rcaDueBusinessDays,
      closedAfterGreenWindows: i.closedAfterGreenWindows,
      remindEverySeconds: i.remindEvery,
    })),
  /** Error budgets and how fast they may burn (DASH-4; Google SRE workbook, chapter 5). */
  slo: z
    .strictObject({
      /** The rolling period of a budget. */
      period: DurationSchema,
      /** Objectives that are no share of events: this share of windows must meet them. */
      windowsTarget: z.number().gt(0).lt(1),
      /** Alerts: this share of the budget, spent within the long window and still being spent in the short one. */
      burnRates: z.array(BurnRateSchema).min(1),
    })
    .transform(({ period, ...rest }) => ({ ...rest, periodSeconds: period })),
  checklists: z.record(IdSchema, z.array(ChecklistItemSchema).min(1)),
  roles: z.record(IdSchema, LocalizedTextSchema),
  permissions: z.record(PermissionSchema, z.array(IdSchema).min(1)),
  channels: z.record(IdSchema, ChannelSchema),
  metrics: z.record(IdSchema, MetricSchema),
  panels: z.record(IdSchema, PanelSchema),
  rollouts: z.record(IdSchema, RolloutPolicySchema),
});
export type Policy = z.infer<typeof PolicySchema>;
