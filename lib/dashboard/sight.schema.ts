import { z } from 'zod';

/** Whether Phasegate can see: `never` before the first telemetry, `blind` when the newest closed window is too old. */
export const SightSchema = z.strictObject({
  state: z.enum(['seeing', 'blind', 'never']),
  /** The newest event counted. */
  lastDataAt: z.iso.datetime().nullable(),
  /** The end of the newest window with a verdict. */
  lastWindowEnd: z.iso.datetime().nullable(),
  staleAfterSeconds: z.int().positive(),
});
export type Sight = z.infer<typeof SightSchema>;
