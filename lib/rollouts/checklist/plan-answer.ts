import type { DecisionFacts } from '../gates/gate-facts.ts';

/** Why an answer is not taken; texts are rendered from the code. */
export type AnswerRefusal =
  | { refused: 'not_now' | 'item_not_asked' | 'answered_by_system' }
  | { refused: 'role_missing'; needs: string };

/** Whether a person may answer this item of the phase's checklist (PHA-7); null: they may. Pure. */
export function answerRefusal(
  { rollout, phase, policy }: DecisionFacts,
  word: { list: string; item: string; personRoles: readonly string[] },
): AnswerRefusal | null {
  if (rollout.state !== 'running' && rollout.state !== 'awaiting_approval') return { refused: 'not_now' };
  const asked = phase.gates.some((gate) => gate.kind === 'checklist' && gate.list === word.list);
  const item = asked ? policy.checklists[word.list]?.find(({ id }) => id === word.item) : undefined;
  if (!item) return { refused: 'item_not_asked' };
  if (item.role === undefined) return { refused: 'answered_by_system' };
  return word.personRoles.includes(item.role) ? null : { refused: 'role_missing', needs: item.role };
}
