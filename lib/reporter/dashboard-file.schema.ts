import { z } from 'zod';
import { PhaseVerdictSchema } from '#lib/analyzer/index.ts';

/** reports/monitoring/dashboard.json (REP-5): the newest verdict of every rollout, its numbers as judged. */
export const DashboardFileSchema = z.strictObject({
  schema_version: z.literal(1),
  generated_at: z.iso.datetime(),
  rollouts: z.array(
    z.strictObject({
      rollout: z.string(),
      current_phase: z.string(),
      /** Null until the first window has been judged. */
      latest: PhaseVerdictSchema.nullable(),
      /** The newest save latency P95 in milliseconds, or null where it was not measured. */
      autosave_p95_ms: z.number().nullable(),
      rollback_required: z.boolean(),
      /** While an incident is open and for one cycle after it was closed (INC-3). */
      rollback_active: z.boolean(),
    }),
  ),
});
export type DashboardFile = z.infer<typeof DashboardFileSchema>;
