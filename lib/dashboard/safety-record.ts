import type { VerdictKind } from '#lib/analyzer/index.ts';
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

/** This many of the newest windows must have met the SLO before an incident may be closed. */
export const CLOSING_WINDOWS = 2;

/** An incident as a reader sees it, with why it cannot be closed yet. `windows`: of its rollout, newest first. Pure. */
export function incidentViewOf(input: {
  row: IncidentRow;
  windows: readonly WindowGlance[];
  policy: Policy;
  mayClose: boolean;
}): IncidentView {
  const { row, windows, policy, mayClose } = input;
  return {
    id: row.id,
    number: row.number,
    rolloutId: row.rolloutId,
    rolloutLabel: labelOf(policy, row.rolloutId) ?? { ja: row.rolloutId, en: row.rolloutId },
    phase: row.phase,
    cause: row.cause,
    severity: row.severity === 'major' ? 'major' : 'minor',
    state: row.state === 'closed' ? 'closed' : 'open',
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    closedByName: row.closedByName,
    closeReason: row.closeReason,
    windows: windows.map(({ windowStart, windowEnd, verdict, sloMet }) => ({
      start: windowStart.toISOString(),
      end: windowEnd.toISOString(),
      verdict,
      sloMet,
    })),
    blockedBy: incidentBlock(row, windows, mayClose),
  };
}

function incidentBlock(
  row: IncidentRow,
  windows: readonly WindowGlance[],
  mayClose: boolean,
): IncidentView['blockedBy'] {
  if (row.state === 'closed') return 'closed';
  if (!mayClose) return 'role';
  const newest = windows.slice(0, CLOSING_WINDOWS);
  if (newest.some(({ sloMet }) => sloMet === false)) return 'not_met';
  return newest.length === CLOSING_WINDOWS && newest.every(({ sloMet }) => sloMet === true)
    ? null
    : 'no_verdict';
}
