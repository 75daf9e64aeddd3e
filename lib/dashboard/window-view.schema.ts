import { z } from 'zod';
import { WindowBatchSchema, WindowCountSchema } from '#lib/collector/window-detail.schema.ts';
import { DeploymentSchema } from '#lib/deployments/deployment.schema.ts';
import { PhaseChangeViewSchema } from './phase-change.schema.ts';
import { TextSchema } from './text.schema.ts';
import { VerdictRowSchema } from './verdict-list.schema.ts';

/** Everything behind one window of a rollout: what was said of it, what was counted, and where that came from. */
export const WindowViewSchema = z.strictObject({
  rolloutId: z.string(),
  windowStart: z.iso.datetime(),
  windowEnd: z.iso.datetime(),
  /** Every revision of every phase that was judged, the newest first (COL-6). */
  verdicts: z.array(VerdictRowSchema),
  counts: z.array(WindowCountSchema),
  batches: z.array(WindowBatchSchema),
  batchesLeftOut: z.boolean(),
  phaseChanges: z.array(PhaseChangeViewSchema),
  deployments: z.array(DeploymentSchema),
  metricLabels: z.record(z.string(), TextSchema),
  eventLabels: z.record(z.string(), TextSchema),
  /** The windows before and after, where they were judged. */
  previous: z.iso.datetime().nullable(),
  next: z.iso.datetime().nullable(),
});
export type WindowView = z.infer<typeof WindowViewSchema>;

/** The events behind a window, as the collector reads them again. */
export { type WindowEvents, WindowEventsSchema } from '#lib/collector/window-detail.schema.ts';
