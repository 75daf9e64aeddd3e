import { z } from 'zod';
import { BudgetSchema } from './slo-report.schema.ts';

/** One error budget of the rolling period in short, for a rollout's own page (DASH-4). */
export const BudgetSummarySchema = z.strictObject({
  phase: z.string(),
  metric: z.string(),
  label: z.strictObject({ ja: z.string(), en: z.string() }),
  basis: z.enum(['events', 'windows']),
  budget: BudgetSchema,
  /** The most urgent burn rate alert that fires, and how long the budget lasts at its rate. */
  firing: z
    .strictObject({ severity: z.enum(['page', 'ticket']), exhaustedInSeconds: z.number().nullable() })
    .nullable(),
});
export type BudgetSummary = z.infer<typeof BudgetSummarySchema>;
