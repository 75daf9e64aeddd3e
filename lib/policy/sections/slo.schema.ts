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

/** What is left of a budget, in words: more than this share of it. Less is unhealthy, none is exhausted. */
const BudgetBandsSchema = z
  .strictObject({
    healthy: z.number().gt(0).lt(1),
    observe: z.number().gt(0).lt(1),
    attention: z.number().gt(0).lt(1),
  })
  .refine(({ healthy, observe, attention }) => healthy > observe && observe > attention, {
    error: 'bands must decrease: healthy, observe, attention',
  });
export type BudgetBands = z.infer<typeof BudgetBandsSchema>;

/** Error budgets and how fast they may burn (DASH-4; Google SRE workbook, chapter 5). */
export const SloSchema = z
  .strictObject({
    /** The rolling period of a budget. */
    period: DurationSchema,
    /** Objectives that are no share of events: this share of windows must meet them. */
    windowsTarget: z.number().gt(0).lt(1),
    /** Alerts: this share of the budget, spent within the long window and still being spent in the short one. */
    burnRates: z.array(BurnRateSchema).min(1),
    budgetBands: BudgetBandsSchema,
    /**
     * Fewer bad ones than this in the long window are an accident and no trend, however fast they burn (SRE workbook, chapter 5,
     * low traffic): one of four windows burns 25 times too fast. Nothing is too few where nothing may be bad.
     */
    alertFromBad: z
      .strictObject({ events: z.int().positive(), windows: z.int().positive() })
      .default({ events: 1, windows: 1 }),
  })
  .transform(({ period, ...rest }) => ({ ...rest, periodSeconds: period }));
