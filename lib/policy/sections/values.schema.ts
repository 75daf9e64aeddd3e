import { z } from 'zod';

/** The name of a metric, phase, role, … within the policy. */
export const IdSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, { error: 'use letters, digits, - and _' });
export const LocalizedTextSchema = z.strictObject({ ja: z.string().min(1), en: z.string().min(1) });
export type LocalizedText = z.infer<typeof LocalizedTextSchema>;
/** What a field of an event may be compared with. */
export const ScalarSchema = z.union([z.string(), z.boolean()]);
/** Where a feature flag or a signal stands. */
export const FlagValueSchema = z.union([z.boolean(), z.string(), z.number()]);
export const TimeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'write a time of day such as 10:00' });
export const TimezoneSchema = z.string().refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), {
  error: 'not an IANA time zone, such as Asia/Tokyo',
});
