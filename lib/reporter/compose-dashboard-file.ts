import type { PhaseVerdict } from '#lib/analyzer/index.ts';
import { type DashboardFile, DashboardFileSchema } from './dashboard-file.schema.ts';

/** Rollouts and their newest verdicts → the dashboard file; every number is the verdict's own (REP-5). Pure. */
export function composeDashboardFile(
  rollouts: readonly { id: string; phase: string; latest: PhaseVerdict | null; rollbackActive: boolean }[],
  now: Date,
): DashboardFile {
  return DashboardFileSchema.parse({
    schema_version: 1,
    generated_at: now.toISOString(),
    rollouts: rollouts.map(({ id, phase, latest, rollbackActive }) => ({
      rollout: id,
      current_phase: phase,
      latest,
      autosave_p95_ms: latest?.metrics.find((metric) => metric.metric === 'autosave_p95')?.value ?? null,
      // A verdict of a phase the rollout has left asks for nothing any more.
      rollback_required: latest !== null && latest.phase === phase && latest.rollback_required,
      rollback_active: rollbackActive,
    })),
  } satisfies DashboardFile);
}
