import { z } from 'zod';
import { DurationSchema } from '../duration.ts';

/** Deadlines of an incident's steps (INC-1), counted from its opening but for the RCA, which is due in business days. */
export const IncidentsSchema = z
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
  }));

/** After a promotion or rollback what is served is read back; unproven for this long, a person is called. */
export const ProofSchema = z
  .strictObject({ escalateAfter: DurationSchema })
  .transform(({ escalateAfter }) => ({ escalateAfterSeconds: escalateAfter }));
