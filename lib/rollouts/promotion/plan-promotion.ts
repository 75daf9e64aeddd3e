import { findPhase } from '#lib/policy/index.ts';
import { validApprovals } from '../approvals/count-approvals.ts';
import type { Decision, GateCheck } from '../decision/decision.schema.ts';
import { flagSettingsOf } from '../flag-settings.ts';
import type { ApprovalFact, DecisionFacts } from '../gates/gate-facts.ts';
import type { FlagSettings } from '../rollout.schema.ts';
import { fourEyes } from './four-eyes.ts';

/** Who presses: a person with the roles they hold now, or Phasegate where the policy lets it act. */
export type Promoter = { kind: 'person'; id: string; roles: readonly string[] } | { kind: 'system' };

/** Why a promotion is not made; texts are rendered from the code. */
export type PromotionRefusal =
  | { refused: 'automation_not_act' }
  | { refused: 'role_missing'; needs: readonly string[] }
  | { refused: 'killed' | 'gates_unmet' | 'rejected' | 'approvals_missing'; gates: GateCheck[] }
  | { refused: 'four_eyes'; people: number };

export type PromotionPlan =
  | {
      plan: 'step_on';
      kind: 'promotion' | 'completion';
      from: string;
      to: string;
      flagsBefore: FlagSettings;
      flagsAfter: FlagSettings;
      /** Whose yes counted. */
      approvals: ApprovalFact[];
    }
  | { plan: 'refuse'; refusal: PromotionRefusal };

/**
 * Decides one step on (PHA-3): only where every gate is met now, by a role the phase names, with four eyes. `decision` is
 * what {@link decide} made of the very same facts. Pure.
 */
export function planPromotion(facts: DecisionFacts, decision: Decision, promoter: Promoter): PromotionPlan {
  const { phase, policy, policyHash, rollout, now } = facts;
  const refuse = (refusal: PromotionRefusal): PromotionPlan => ({ plan: 'refuse', refusal });
  if (promoter.kind === 'system' && phase.automation.promotion !== 'act')
    return refuse({ refused: 'automation_not_act' });
  if (promoter.kind === 'person' && !promoter.roles.some((role) => phase.promoteBy.includes(role)))
    return refuse({ refused: 'role_missing', needs: phase.promoteBy });
  if (decision.decision !== 'promote' && decision.decision !== 'complete') return refuse(whyHeld(decision));
  const { evidenceHash } = decision;
  const approvals = validApprovals(facts.approvals, { policyHash, evidenceHash, now });
  const people = [...new Set(approvals.map(({ personId }) => personId))];
  if (!fourEyes(people, promoter.kind === 'person' ? promoter.id : null))
    return refuse({ refused: 'four_eyes', people: people.length });
  const flagsBefore = flagSettingsOf(policy, rollout.id, phase.id);
  const next = decision.toPhase === null ? undefined : findPhase(policy, rollout.id, decision.toPhase);
  return {
    plan: 'step_on',
    kind: next ? 'promotion' : 'completion',
    from: phase.id,
    to: next?.id ?? phase.id,
    flagsBefore,
    flagsAfter: next ? flagSettingsOf(policy, rollout.id, next.id) : flagsBefore,
    approvals,
  };
}

function whyHeld(decision: Decision): PromotionRefusal {
  const held = decision.gates.filter(({ state }) => state !== 'met');
  const ofKind = (kind: GateCheck['kind']) => held.filter((gate) => gate.kind === kind);
  if (decision.decision === 'halt') return { refused: 'killed', gates: ofKind('kill_switch') };
  const objective = held.filter(({ kind }) => kind !== 'approvals' && kind !== 'not_rejected');
  if (objective.length > 0 || decision.decision === 'roll_back')
    return { refused: 'gates_unmet', gates: objective };
  const rejected = ofKind('not_rejected');
  if (rejected.length > 0) return { refused: 'rejected', gates: rejected };
  return { refused: 'approvals_missing', gates: ofKind('approvals') };
}

/** The flags whose setting differs; the others stay as they are. */
export function changedFlags(before: FlagSettings, after: FlagSettings): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((flag) => {
    const [then, next] = [before[flag], after[flag]];
    return (
      then?.value !== next?.value ||
      then?.audience !== next?.audience ||
      then?.exposureRatio !== next?.exposureRatio
    );
  });
}
