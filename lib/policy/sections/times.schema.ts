import { z } from 'zod';
import { DurationSchema } from '../duration.ts';
import { IdSchema, LocalizedTextSchema, TimezoneSchema } from './values.schema.ts';

/** The 15 minutes of collecting, judging and reporting, and when one of them is late (COL-3, COL-4). */
export const CycleSchema = z
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
  }));

/** How long what is kept; evidence is kept for good. */
export const RetentionSchema = z
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
  }));

const LocalDateTimeSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, {
  error: 'write a local time such as 2026-12-28T18:00',
});
const WeekTimeSchema = z.string().regex(/^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$/, {
  error: 'write a day and a time such as fri 18:00',
});

/** A time in which promotions are held, never rollbacks: once, or every week; in its own or the policy's time zone. */
export const FreezeSchema = z.strictObject({
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
