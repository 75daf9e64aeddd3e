import type { QuarantineState } from '#lib/collector/quarantine.schema.ts';
import type { DeliveryFilter, PanelRange } from '#lib/dashboard/index.ts';
import type { AuditFilter } from '#lib/evidence/audit-list.schema.ts';

/** Every react-query key, in one place; a key starts from its resource so that a notice can reload all of it. */
export const queryKeys = {
  overview: () => ['overview'] as const,
  // Whatever changes the overview may change these two.
  attention: () => ['overview', 'attention'] as const,
  safetyRecord: () => ['overview', 'safety-record'] as const,
  rollouts: () => ['rollouts'] as const,
  rollout: (rolloutId: string) => ['rollouts', rolloutId] as const,
  protection: (rolloutId: string) => ['rollouts', rolloutId, 'protection'] as const,
  rolloutView: (rolloutId: string) => ['rollouts', rolloutId, 'view'] as const,
  panel: (rolloutId: string, panel: string, range: PanelRange) =>
    ['rollouts', rolloutId, 'panel', panel, range] as const,
  panelStretch: (
    rolloutId: string,
    panel: string,
    range: PanelRange,
    stretch: { from: string; to: string } | null,
  ) => ['rollouts', rolloutId, 'panel', panel, range, stretch] as const,
  window: (rolloutId: string, windowStart: string) => ['rollouts', rolloutId, 'window', windowStart] as const,
  // Apart from the rollout's: it is read again when it is asked for, not with every notice.
  windowEvents: (rolloutId: string, windowStart: string) =>
    ['window-events', rolloutId, windowStart] as const,
  bugs: (rolloutId: string) => ['rollouts', rolloutId, 'bugs'] as const,
  verdicts: (rolloutId: string) => ['rollouts', rolloutId, 'verdicts'] as const,
  quarantine: () => ['quarantine'] as const,
  quarantineRows: (state: QuarantineState | 'all', reason: string) => ['quarantine', state, reason] as const,
  jobs: () => ['jobs'] as const,
  stops: () => ['stops'] as const,
  deliveries: () => ['deliveries'] as const,
  deliveryRows: (filter: DeliveryFilter) => ['deliveries', filter] as const,
  slo: (rolloutId: string, month: string | null) => ['slo', rolloutId, month] as const,
  slos: (rolloutId?: string) =>
    rolloutId === undefined ? (['slo'] as const) : (['slo', rolloutId] as const),
  incidents: () => ['incidents'] as const,
  policy: () => ['policy'] as const,
  audit: (filter: AuditFilter) => ['audit', 'list', filter] as const,
  auditHead: (filter: AuditFilter) => ['audit', 'head', filter] as const,
  incident: (incidentId: string) => ['incidents', incidentId] as const,
};
