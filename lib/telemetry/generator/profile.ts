/** How the events of one phase behave. Ratios 0..1, latencies in milliseconds. */
export type PhaseProfile = {
  saveMedianMs: number;
  saveSigma: number;
  saveErrorRatio: number;
  restoreFailureRatio: number;
  conflictRatio: number;
  crashRatio: number;
  retriedRatio: number;
  driftsPerHour: number;
  criticalBugsPerDay: number;
  otherBugsPerDay: number;
  collectorLatencyMs: number;
  /** null: this phase sends no merge events. */
  precision: 'legacy' | 'beta' | 'stable' | null;
};

/** Shares of the events of a phase (the rest are saves); those without a share come by the hour or day. */
export const EVENT_SHARES = { restore: 0.03, merge: 0.12, lock: 0.01, session: 0.05 } as const;

/** Meets every SLO of governance/policy.yaml with margin; P95 of saves is about 0.96 s. */
export const HEALTHY: PhaseProfile = {
  saveMedianMs: 420,
  saveSigma: 0.5,
  saveErrorRatio: 0.0008,
  restoreFailureRatio: 0.0005,
  conflictRatio: 0.1,
  crashRatio: 0.02,
  retriedRatio: 0.02,
  driftsPerHour: 0,
  criticalBugsPerDay: 0.2,
  otherBugsPerDay: 2,
  collectorLatencyMs: 20_000,
  precision: 'stable',
};

const PRECISION_BY_PHASE: Readonly<Record<string, PhaseProfile['precision']>> = {
  'A-0': 'legacy',
  'A-1': 'legacy',
  'A-2': 'legacy',
  'B-0': 'beta',
  'B-1': 'stable',
  A: null,
  B: null,
  C: null,
};

/** The healthy profile of a phase; a phase that the mission does not name sends stable merges. */
export function healthyProfile(phase: string): PhaseProfile {
  const precision = PRECISION_BY_PHASE[phase];
  return precision === undefined ? HEALTHY : { ...HEALTHY, precision };
}

const BREACHES: Readonly<Record<string, (profile: PhaseProfile) => Partial<PhaseProfile>>> = {
  autosave_p95: (p) => ({ saveMedianMs: p.saveMedianMs * 6 }),
  save_error_rate: () => ({ saveErrorRatio: 0.05 }),
  autosave_error_count: () => ({ saveErrorRatio: 0.05 }),
  retryable_failures: () => ({ saveErrorRatio: 0.05 }),
  autosave_incident_rate: () => ({ saveErrorRatio: 0.05 }),
  restore_success_rate: () => ({ restoreFailureRatio: 0.05 }),
  history_drift: () => ({ driftsPerHour: 30 }),
  collector_latency: (p) => ({ collectorLatencyMs: p.collectorLatencyMs * 12 }),
  crash_rate: (p) => ({ crashRatio: p.crashRatio * 2 }),
  crash_rate_delta: (p) => ({ crashRatio: p.crashRatio * 2 }),
  merge_auto_success_rate: () => ({ conflictRatio: 0.4 }),
  merge_auto_success_rate_by_hunks: () => ({ conflictRatio: 0.4 }),
  merge_auto_success_rate_2d: () => ({ conflictRatio: 0.4 }),
  merge_conflict_rate: () => ({ conflictRatio: 0.4 }),
  critical_bugs_per_day: () => ({ criticalBugsPerDay: 500 }),
  retry_rate: () => ({ retriedRatio: 0.4 }),
};

/** The metrics whose breach can be generated. */
export const BREACHABLE_METRICS = Object.keys(BREACHES);

/** The profile with one metric past every limit of the policy. Errors: RangeError for a metric that cannot be broken. */
export function breached(profile: PhaseProfile, metric: string): PhaseProfile {
  const change = BREACHES[metric];
  if (!change) throw new RangeError(`no breach of ${metric}; known: ${BREACHABLE_METRICS.join(', ')}`);
  return { ...profile, ...change(profile) };
}
