import type { Phase } from '#lib/policy/index.ts';
import type { ApprovalFact } from '../gates/gate-facts.ts';

export type ApprovalCount = {
  /** Roles with how many signatures they need and have; one person fills one place only. */
  places: { role: string; needed: number; given: number }[];
  needed: number;
  given: number;
  /** People whose signatures count, each once. */
  people: string[];
};

type Bound = { policyHash: string; evidenceHash: string; now: Date };

/**
 * The yeses that count now: to exactly this policy and evidence, not expired, by somebody who still holds the role (PHA-3).
 * Those beyond what the policy asks for are among them. Pure.
 */
export function validApprovals(approvals: readonly ApprovalFact[], bound: Bound): ApprovalFact[] {
  return approvals.filter(
    (approval) =>
      approval.choice === 'approve' &&
      approval.holdsRole &&
      approval.policyHash === bound.policyHash &&
      approval.evidenceHash === bound.evidenceHash &&
      (approval.expiresAt === null || approval.expiresAt > bound.now),
  );
}

/**
 * How many of the required signatures are there (PHA-3). One counts when it says yes to exactly this policy and
 * evidence, has not expired, and the person still holds the role they signed as. A person counts once. Pure.
 */
export function countApprovals(
  required: Phase['approvals'],
  approvals: readonly ApprovalFact[],
  bound: Bound,
): ApprovalCount {
  const valid = validApprovals(approvals, bound);
  const counted = new Set<string>();
  const places = required.map(({ role, count }) => {
    const signers = valid.filter((approval) => approval.role === role && !counted.has(approval.personId));
    const people = [...new Set(signers.map(({ personId }) => personId))].slice(0, count);
    for (const person of people) counted.add(person);
    return { role, needed: count, given: people.length };
  });
  return {
    places,
    needed: places.reduce((sum, { needed }) => sum + needed, 0),
    given: places.reduce((sum, { given }) => sum + given, 0),
    people: [...counted],
  };
}

export type VoidReason = 'policy_changed' | 'evidence_changed' | 'expired';

/** Yeses that no longer count, and why: for ending them on record. A no stays until it is withdrawn. Pure. */
export function voidedApprovals(
  approvals: readonly ApprovalFact[],
  bound: Bound,
): { id: string; reason: VoidReason }[] {
  const reasonOf = (approval: ApprovalFact): VoidReason | null => {
    if (approval.choice === 'reject') return null;
    if (approval.policyHash !== bound.policyHash) return 'policy_changed';
    if (approval.evidenceHash !== bound.evidenceHash) return 'evidence_changed';
    return approval.expiresAt !== null && approval.expiresAt <= bound.now ? 'expired' : null;
  };
  return approvals.flatMap((approval) => {
    const reason = reasonOf(approval);
    return reason ? [{ id: approval.id, reason }] : [];
  });
}
