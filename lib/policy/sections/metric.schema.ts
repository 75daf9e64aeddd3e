import { z } from 'zod';
import { DurationSchema } from '../duration.ts';
import { EventNameSchema, FieldNameSchema } from '../events.schema.ts';
import { IdSchema, LocalizedTextSchema, ScalarSchema } from './values.schema.ts';

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
