import type { Decision, GateCheck } from '../decision/decision.schema.ts';
import type { ApprovalFact, DecisionFacts } from '../gates/gate-facts.ts';
import type { ApprovalChoice, ApprovalEnd } from './approval.schema.ts';
import { countApprovals, voidedApprovals } from './count-approvals.ts';

/** Why a vote is not taken; texts are rendered from the code. */
export type ApprovalRefusal =
  | { refused: 'killed' | 'not_now' | 'gates_unmet'; gates: GateCheck[] }
  | { refused: 'role_missing'; needs: string[] };

export type ApprovalPlan =
  | {
      plan: 'give';
      role: string;
      replaces: { id: string; reason: ApprovalEnd } | null;
      expiresAt: Date | null;
    }
  | { plan: 'already_given'; id: string }
  | { plan: 'refuse'; refusal: ApprovalRefusal };

type Word = {
  personId: string;
  personRoles: readonly string[];
  choice: ApprovalChoice;
  /** As the person wants to sign; without it a place is found for them. */
  role?: string | undefined;
};

/**
 * What becomes of a person's yes or no (PHA-3). A yes is taken only where every gate but people's is met: nobody is asked
 * to sign a step that is not healthy. A no is taken while the rollout is judged. One vote per person: the same word
 * again is the same answer, the other replaces it. `decision` was made of the very same facts. Pure.
 */
export function planApproval(facts: DecisionFacts, decision: Decision, word: Word): ApprovalPlan {
  const refuse = (refusal: ApprovalRefusal): ApprovalPlan => ({ plan: 'refuse', refusal });
  const held = decision.gates.filter(({ state }) => state !== 'met');
  const ofKind = (kind: GateCheck['kind']) => held.filter((gate) => gate.kind === kind);
  if (decision.decision === 'halt') return refuse({ refused: 'killed', gates: ofKind('kill_switch') });
  const { state } = facts.rollout;
  if (state !== 'running' && state !== 'awaiting_approval')
    return refuse({ refused: 'not_now', gates: ofKind('state') });
  const objective = held.filter(({ kind }) => kind !== 'approvals' && kind !== 'not_rejected');
  if (word.choice === 'approve' && (objective.length > 0 || decision.decision === 'roll_back'))
    return refuse({ refused: 'gates_unmet', gates: objective });
  const role = roleFor(facts, decision, word);
  if (role === null)
    return refuse({ refused: 'role_missing', needs: facts.phase.approvals.map((place) => place.role) });
  const earlier = facts.approvals.find(({ personId }) => personId === word.personId);
  const ended = earlier && endOf(earlier, facts, decision, word);
  if (earlier && !ended) return { plan: 'already_given', id: earlier.id };
  const expiresMs = facts.now.getTime() + facts.policy.signatures.approvalsExpireAfterSeconds * 1000;
  return {
    plan: 'give',
    role,
    replaces: earlier && ended ? { id: earlier.id, reason: ended } : null,
    expiresAt: word.choice === 'approve' ? new Date(expiresMs) : null,
  };
}

/** Why an earlier vote of the same person makes room for this one; null: it says the same and still counts. */
function endOf(
  earlier: ApprovalFact,
  { policyHash, now }: DecisionFacts,
  { evidenceHash }: Decision,
  word: Word,
): ApprovalEnd | null {
  if (earlier.choice !== word.choice) return 'replaced';
  const [gone] = voidedApprovals([earlier], { policyHash, evidenceHash, now });
  if (gone) return gone.reason;
  // They lost the role they signed as, or ask to sign as another.
  const sameRole = word.role === undefined || word.role === earlier.role;
  return earlier.holdsRole && sameRole ? null : 'replaced';
}

/** The role a person signs as: the one they ask for, else the first place still open, else any place that is theirs. */
function roleFor(facts: DecisionFacts, { evidenceHash }: Decision, word: Word): string | null {
  const theirs = facts.phase.approvals
    .map(({ role }) => role)
    .filter((role) => word.personRoles.includes(role));
  if (word.role !== undefined) return theirs.includes(word.role) ? word.role : null;
  const others = facts.approvals.filter(({ personId }) => personId !== word.personId);
  const bound = { policyHash: facts.policyHash, evidenceHash, now: facts.now };
  const open = countApprovals(facts.phase.approvals, others, bound)
    .places.filter(({ given, needed }) => given < needed)
    .map(({ role }) => role);
  return theirs.find((role) => open.includes(role)) ?? theirs[0] ?? null;
}
