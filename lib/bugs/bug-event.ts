import type { Bug } from './bug.schema.ts';

/** A reported bug as the telemetry line it counts as (TEL-9); its words stay in its row. Pure. */
export function bugEventLine(bug: Bug): string {
  return JSON.stringify({
    ts: bug.reportedAt,
    component: 'client',
    event: 'bug.reported',
    rollout: bug.rolloutId,
    phase: bug.phase,
    severity: bug.severity,
    ...(bug.dryRun ? { dry_run: true } : {}),
  });
}
