import { z } from 'zod';
import { DurationSchema } from '../duration.ts';
import { IdSchema } from './values.schema.ts';

/** A condition of promotion (PHA table); all gates of a phase must be met, besides those that hold everywhere. */
export const GateSchema = z.discriminatedUnion('kind', [
  /** The last n windows met every objective, none missing in between. */
  z.strictObject({ kind: z.literal('windows_running'), windows: z.int().positive() }),
  /** Every objective met without a break for this long. */
  z
    .strictObject({ kind: z.literal('met_for'), duration: DurationSchema })
    .transform(({ duration, ...rest }) => ({ ...rest, durationSeconds: duration })),
  /** No incident of this severity or worse was opened since the phase began, or, with `within`, in that last period. */
  z
    .strictObject({
      kind: z.literal('no_incident'),
      severity: z.enum(['any', 'major']),
      within: DurationSchema.optional(),
    })
    .transform(({ within, ...rest }) => ({ ...rest, withinSeconds: within ?? null })),
  /** Every item of a checklist is answered with yes: by the system where it can know, else by a named person (PHA-7). */
  z.strictObject({ kind: z.literal('checklist'), list: IdSchema }),
  /** Each of these panels carries a signature of somebody with the role (DASH-1 … DASH-4). */
  z.strictObject({ kind: z.literal('signed_off'), panels: z.array(IdSchema).min(1), role: IdSchema }),
]);
export type Gate = z.infer<typeof GateSchema>;
