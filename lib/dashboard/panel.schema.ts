import { z } from 'zod';
import { VerdictKindSchema, VerdictReasonSchema } from '#lib/analyzer/verdict.schema.ts';
import { DeploymentSchema } from '#lib/deployments/deployment.schema.ts';
import { NoteCheckSchema } from '#lib/rollouts/index.ts';
import { BudgetSummarySchema } from '#lib/slo/budget-summary.schema.ts';
import { PhaseChangeViewSchema } from './phase-change.schema.ts';
import { TextSchema } from './text.schema.ts';

/** The ranges a panel can show; everything is drawn from stored windows. */
export const PANEL_RANGES = ['2h', '24h', '7d', '30d', '90d'] as const;
export const PanelRangeSchema = z.enum(PANEL_RANGES);
export type PanelRange = z.infer<typeof PanelRangeSchema>;

/**
 * What is asked of a panel: a range that ends now, and, within it, the stretch that is looked at closely. A stretch is
 * absolute: it stays where it is while the range moves on.
 */
export const PanelQuerySchema = z
  .strictObject({
    range: PanelRangeSchema.default('24h'),
    from: z.iso.datetime().optional(),
    to: z.iso.datetime().optional(),
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), {
    error: 'give both ends of the stretch, or none',
    path: ['to'],
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    error: 'must be later than from',
    path: ['to'],
  })
  .refine(
    ({ from, to }) =>
      from === undefined || to === undefined || Date.parse(to) - Date.parse(from) <= LONGEST_STRETCH_MS,
    { error: 'a stretch has at most 92 days', path: ['from'] },
  );
export type PanelQuery = z.infer<typeof PanelQuerySchema>;
const LONGEST_STRETCH_MS = 92 * 86_400_000;

const UnitSchema = z.enum(['ms', 'ratio', 'count']);

/** One window of a series. A window without a point is a gap, never a zero. */
export const PanelPointSchema = z.strictObject({
  windowStart: z.iso.datetime(),
  windowEnd: z.iso.datetime(),
  phase: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  warnAt: z.number().nullable(),
  verdict: VerdictKindSchema,
  reason: VerdictReasonSchema,
  samples: z.int().nonnegative(),
  /** How many windows it stands for: above 1, it is the worst of them. */
  windows: z.int().positive(),
  /** The start of the window whose numbers these are. */
  shownStart: z.iso.datetime(),
});
export type PanelPoint = z.infer<typeof PanelPointSchema>;

export const PanelSeriesSchema = z.strictObject({
  metric: z.string(),
  label: TextSchema,
  description: TextSchema,
  unit: UnitSchema,
  better: z.enum(['lower', 'higher']),
  limitKind: z.enum(['max', 'min', 'below', 'above']).nullable(),
  /** Oldest first; long ranges may hold one point for several windows, each with its own span. */
  points: z.array(PanelPointSchema),
});
export type PanelSeries = z.infer<typeof PanelSeriesSchema>;

/** A figure beside the chart: the newest reading of a metric, or null where the phase does not measure it. */
export const PanelFigureSchema = z.strictObject({
  metric: z.string(),
  label: TextSchema,
  description: TextSchema,
  unit: UnitSchema,
  latest: PanelPointSchema.nullable(),
});
export type PanelFigure = z.infer<typeof PanelFigureSchema>;

/** Attainment: windows with every objective met, of those that can tell (DASH-4). Null: no window can tell. */
export const AttainmentSchema = z.strictObject({
  phase: z.string(),
  label: TextSchema,
  metWindows: z.int().nonnegative(),
  toldWindows: z.int().nonnegative(),
  attainmentRatio: z.number().nullable(),
});

/** An incident as a panel shows it: where it is talked about, and whether its log and the files of its alerts agree (DASH-2). */
export const PanelIncidentSchema = z.strictObject({
  id: z.uuid(),
  key: z.string(),
  severity: z.enum(['major', 'minor']),
  phase: z.string(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  slackUrl: z.string().nullable(),
  pagerDuty: z.strictObject({ state: z.string(), acknowledgedBy: z.string().nullable() }).nullable(),
  alertCount: z.int().nonnegative(),
  alertFiles: z.array(z.string()),
});
export type PanelIncident = z.infer<typeof PanelIncidentSchema>;

/** What one panel of a rollout shows (DASH-1 … DASH-4). */
export const PanelViewSchema = z.strictObject({
  rolloutId: z.string(),
  panel: z.string(),
  label: TextSchema,
  range: PanelRangeSchema,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  windowSeconds: z.int().positive(),
  /** How many seconds one point stands for at most. */
  pointSeconds: z.int().positive(),
  phase: z.string(),
  channel: z.strictObject({ name: z.string(), url: z.url().nullable() }).nullable(),
  series: z.array(PanelSeriesSchema),
  figures: z.array(PanelFigureSchema),
  /** Within the range, oldest first. */
  phaseChanges: z.array(PhaseChangeViewSchema),
  /** Open ones, and those opened within the range, newest first. */
  incidents: z.array(PanelIncidentSchema),
  /** By an open request, else by the newest verdict of the phase; null before the first of both. */
  rollbackRequired: z
    .strictObject({ required: z.boolean(), to: z.string().nullable(), asOf: z.iso.datetime() })
    .nullable(),
  /** The step that led into the phase: what was decided, by whom and why. */
  enteredBy: PhaseChangeViewSchema.nullable(),
  /** The decision note beside the records, in panels that are signed only where they agree (DASH-3). */
  noteCheck: NoteCheckSchema.nullable(),
  /** What reached users within the range, oldest first. */
  deployments: z.array(DeploymentSchema),
  /** Only in panels of kind slo. */
  slo: z
    .strictObject({
      attainment: z.array(AttainmentSchema),
      rollbackCount: z.int().nonnegative(),
      /** Of the policy's rolling period, whatever the range; least left first. */
      budgets: z.array(BudgetSummarySchema),
    })
    .nullable(),
});
export type PanelView = z.infer<typeof PanelViewSchema>;
