import { type PhaseVerdict, PhaseVerdictSchema } from './verdict.schema.ts';

/** A verdict as it lies in the database. */
type StoredPhaseVerdict = {
  rolloutId: string;
  phase: string;
  windowStart: Date;
  windowEnd: Date;
  verdict: string;
  breach: boolean;
  rollbackRequired: boolean;
  rollbackTo: string | null;
  sloMet: boolean | null;
  metrics: unknown;
  notifyLevel: string;
  retryableFailures: bigint;
  policyHash: string;
};

/** A stored verdict as it was judged. Pure. Errors: ZodError when what is stored is none. */
export function phaseVerdictOf(row: StoredPhaseVerdict): PhaseVerdict {
  return PhaseVerdictSchema.parse({
    rollout: row.rolloutId,
    phase: row.phase,
    window: { start: row.windowStart.toISOString(), end: row.windowEnd.toISOString() },
    verdict: row.verdict,
    breach: row.breach,
    rollback_required: row.rollbackRequired,
    rollbackTo: row.rollbackTo,
    slo_met: row.sloMet,
    metrics: row.metrics,
    notify_level: row.notifyLevel,
    retryable_failures: Number(row.retryableFailures),
    policy_version: row.policyHash,
  });
}
