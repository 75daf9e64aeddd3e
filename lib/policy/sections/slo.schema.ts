import { z } from 'zod';
import { DurationSchema } from '../duration.ts';

/** How fast a budget may burn before somebody is told. */
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

/** Error budgets and how fast they may burn (DASH-4; Google SRE workbook, chapter 5). */
export const SloSchema = z
  .strictObject({
    /** The rolling period of a budget. */
    period: DurationSchema,
    /** Objectives that are no share of events: this share of windows must meet them. */
    windowsTarget: z.number().gt(0).lt(1),
    /** Alerts: this share of the budget, spent within the long window and still being spent in the short one. */
    burnRates: z.array(BurnRateSchema).min(1),
  })
  .transform(({ period, ...rest }) => ({ ...rest, periodSeconds: period }));
