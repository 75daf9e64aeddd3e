import { type Actor, can } from '#lib/identity/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { DecisionFacts } from '../gates/gate-facts.ts';

/** Why an answer is not taken; texts are rendered from the code. */
export type AnswerRefusal =
  | { refused: 'not_now' | 'item_not_asked' | 'answered_by_system' }
  | { refused: 'role_missing'; needs: string };

/** Whether a person may answer an item of this role: when it is given, and each time it is weighed (PHA-7). Pure. */
export function mayAnswer(person: Actor, role: string, policy: Policy): boolean {
  return can(person, 'answer_checklist', policy) && person.roles.includes(role);
}

/** Whether a person may answer this item of the phase's checklist (PHA-7); null: they may. Pure. */
export function answerRefusal(
  { rollout, phase, policy }: DecisionFacts,
  word: { list: string; item: string; person: Actor },
): AnswerRefusal | null {
  if (rollout.state !== 'running' && rollout.state !== 'awaiting_approval') return { refused: 'not_now' };
  const asked = phase.gates.some((gate) => gate.kind === 'checklist' && gate.list === word.list);
  const item = asked ? policy.checklists[word.list]?.find(({ id }) => id === word.item) : undefined;
  if (!item) return { refused: 'item_not_asked' };
  if (item.role === undefined) return { refused: 'answered_by_system' };
  return mayAnswer(word.person, item.role, policy) ? null : { refused: 'role_missing', needs: item.role };
}
