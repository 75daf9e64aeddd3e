import { z } from 'zod';
import { DurationSchema } from '../duration.ts';
import { IdSchema } from './values.schema.ts';

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

/** How near to its limit a value is a warning (ANA-4): this share of the way there. */
export const JudgingSchema = z.strictObject({ warnFrom: z.number().gt(0).lt(1) });

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
