import type { Transaction } from '#lib/database/server.ts';
import { voidedApprovals } from '../approvals/count-approvals.ts';
import type { DecisionFacts } from '../gates/gate-facts.ts';

/**
 * Ends what people have signed about a phase that is being left, forward or back (PHA-3, DASH-1 … DASH-4).
 * Call it after the transition, in its transaction.
 */
export async function endSignaturesOfPhase(
  tx: Transaction,
  left: { rolloutId: string; by: string; at: Date },
): Promise<void> {
  const open = { rolloutId: left.rolloutId, endedAt: null };
  await tx.rolloutApproval.updateMany({
    where: open,
    data: { endedAt: left.at, endedBy: left.by, endReason: 'phase_left' },
  });
  await tx.panelSignOff.updateMany({ where: open, data: { endedAt: left.at, endReason: 'phase_left' } });
}

/**
 * Puts on record which signatures no longer count because the policy, the evidence or the time has moved on; they had
 * stopped counting the moment it did. `evidenceHash`: of the decision made of these facts. Returns how many ended.
 */
export async function endVoidSignatures(
  tx: Transaction,
  facts: DecisionFacts,
  evidenceHash: string,
): Promise<number> {
  const { approvals, policyHash, now, rollout } = facts;
  let ended = 0;
  for (const { id, reason } of voidedApprovals(approvals, { policyHash, evidenceHash, now })) {
    const { count } = await tx.rolloutApproval.updateMany({
      where: { id, endedAt: null },
      data: { endedAt: now, endedBy: 'system', endReason: reason },
    });
    ended += count;
  }
  const { count } = await tx.panelSignOff.updateMany({
    where: { rolloutId: rollout.id, endedAt: null, NOT: { policyHash } },
    data: { endedAt: now, endReason: 'policy_changed' },
  });
  return ended + count;
}
