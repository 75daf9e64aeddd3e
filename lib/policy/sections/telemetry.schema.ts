import { z } from 'zod';
import { DurationSchema } from '../duration.ts';
import { EventNameSchema, FieldNameSchema } from '../events.schema.ts';
import { IdSchema, ScalarSchema } from './values.schema.ts';

/** Which telemetry is taken, from where, and what of it is kept out of verdicts. */
export const TelemetrySchema = z
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
  }));

/** What is acted on before its window has closed (TEL-8). */
export const FastLaneSchema = z.strictObject({
  /** How sure running counts must be, one-sided, before they prove a breach of a window that is still open. */
  confidence: z.number().gt(0.5).lt(1),
  /** Events of clients that must have been heard before numbers prove anything: one alone, forged or odd, is no proof. */
  minEvents: z.int().positive(),
  /** Events that are themselves a violation. */
  violationEvents: z.array(EventNameSchema),
});
