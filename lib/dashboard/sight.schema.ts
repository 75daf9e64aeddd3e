import { z } from 'zod';

/**
 * Why there is no verdict when there should be one: a person paused collection, no telemetry arrives, telemetry arrives but is
 * not judged, or the newest verdict is merely late.
 */
export const SIGHT_CAUSES = ['paused', 'silent', 'unjudged', 'late'] as const;

/** What telemetry is read from: how many files and keys there are, and which of them cannot be read, longest first. */
export const SourcesSchema = z.strictObject({
  knownCount: z.int().nonnegative(),
  failing: z.array(z.strictObject({ name: z.string(), since: z.iso.datetime() })),
});
export type Sources = z.infer<typeof SourcesSchema>;

/** Whether Phasegate can see: `never` before the first telemetry, `blind` when the newest closed window is too old. */
export const SightSchema = z.strictObject({
  state: z.enum(['seeing', 'blind', 'never']),
  /** The newest event counted. */
  lastDataAt: z.iso.datetime().nullable(),
  /** The end of the newest window with a verdict. */
  lastWindowEnd: z.iso.datetime().nullable(),
  staleAfterSeconds: z.int().positive(),
  /** Never null while blind; `late` while it still sees, but a window that should be judged by now is not. */
  cause: z.enum(SIGHT_CAUSES).nullable(),
});
export type Sight = z.infer<typeof SightSchema>;
