import type { VerdictKind } from '#lib/analyzer/index.ts';
import { IncidentCauseSchema, IncidentSeveritySchema, whyStillOpen } from '#lib/incidents/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { Review } from '#lib/rollouts/index.ts';
import type { IncidentView, ReviewView } from './attention.schema.ts';
import { labelOf } from './tasks.ts';

/** A review as a reader sees it, with why they may not sign it. Pure. */
export function reviewViewOf(input: {
  review: Review;
  step: ReviewView['step'];
  policy: Policy;
  readerId: string;
  maySign: boolean;
}): ReviewView {
  const { review, step, policy, readerId, maySign } = input;
  return {
    id: review.id,
    kind: review.kind,
    rolloutId: review.rolloutId,
    rolloutLabel: labelOf(policy, review.rolloutId),
    step,
    reason: review.reason,
    openedByName: review.openedByName,
    openedAt: review.openedAt,
    needed: review.needed,
    closedAt: review.closedAt,
    signatures: review.signatures.map(({ personName, comment, signedAt }) => ({
      personName,
      comment,
      signedAt,
    })),
    blockedBy: reviewBlock(review, readerId, maySign),
  };
}

function reviewBlock(review: Review, readerId: string, maySign: boolean): ReviewView['blockedBy'] {
  if (review.closedAt !== null) return 'closed';
  if (review.signatures.some(({ personId }) => personId === readerId)) return 'signed';
  if (review.openedById === readerId) return 'own_act';
  return maySign ? null : 'role';
}

export type WindowGlance = {
  windowStart: Date;
  windowEnd: Date;
  verdict: VerdictKind;
  sloMet: boolean | null;
};

export type IncidentRow = {
  id: string;
  number: number;
  rolloutId: string;
  phase: string;
  cause: string;
  severity: string;
  state: string;
  openedAt: Date;
  closedAt: Date | null;
  closedByName: string | null;
  closeReason: string | null;
};

/** This many of the newest windows are shown beside an incident. */
const SHOWN_WINDOWS = 4;

/**
 * An incident as a reader sees it, with why it cannot be closed yet. `windows`: of the phase its rollout is in, since it
 * was opened, newest first. Pure.
 */
export function incidentViewOf(input: {
  row: IncidentRow;
  windows: readonly WindowGlance[];
  rollbackOpen: boolean;
  stepUnproven: boolean;
  policy: Policy;
  mayClose: boolean;
}): IncidentView {
  const { row, windows, policy } = input;
  return {
    id: row.id,
    number: row.number,
    rolloutId: row.rolloutId,
    rolloutLabel: labelOf(policy, row.rolloutId) ?? { ja: row.rolloutId, en: row.rolloutId },
    phase: row.phase,
    cause: IncidentCauseSchema.parse(row.cause),
    severity: IncidentSeveritySchema.parse(row.severity),
    state: row.state === 'closed' ? 'closed' : 'open',
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    closedByName: row.closedByName,
    closeReason: row.closeReason,
    windows: windows.slice(0, SHOWN_WINDOWS).map(({ windowStart, windowEnd, verdict, sloMet }) => ({
      start: windowStart.toISOString(),
      end: windowEnd.toISOString(),
      verdict,
      sloMet,
    })),
    blockedBy: incidentBlock(input),
  };
}

function incidentBlock(input: Parameters<typeof incidentViewOf>[0]): IncidentView['blockedBy'] {
  if (input.row.state === 'closed') return 'closed';
  const needed = input.policy.incidents.closedAfterGreenWindows;
  return whyStillOpen({ ...input, needed })?.refused ?? (input.mayClose ? null : 'role');
}
