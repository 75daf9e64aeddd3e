import type { DecisionFacts } from '../gates/gate-facts.ts';
import { phaseGates } from '../gates/phase-gates.ts';

/** Why a signature under a panel is not taken; texts are rendered from the code. */
export type SignOffRefusal =
  | { refused: 'not_now' | 'panel_not_asked' }
  | { refused: 'role_missing'; needs: string[] };

/** What a panel's gate asks: which role signs it. */
function rolesOf(facts: DecisionFacts, panel: string): string[] {
  return facts.phase.gates.flatMap((gate) =>
    gate.kind === 'signed_off' && gate.panels.includes(panel) ? [gate.role] : [],
  );
}

/**
 * The role in which a person signs a panel of the phase (DASH-1 … DASH-4): one that its gate asks for and they hold, the
 * first that is not signed yet. Sign-offs are part of what makes a phase ready, so the other gates need not be met. Pure.
 */
export function planSignOff(
  facts: DecisionFacts,
  word: { panel: string; personRoles: readonly string[] },
): { role: string } | SignOffRefusal {
  const { state } = facts.rollout;
  if (state !== 'running' && state !== 'awaiting_approval') return { refused: 'not_now' };
  const needs = rolesOf(facts, word.panel);
  if (needs.length === 0) return { refused: 'panel_not_asked' };
  const theirs = needs.filter((role) => word.personRoles.includes(role));
  const unsigned = new Set(
    phaseGates(facts).flatMap(({ kind, state: met, detail }) =>
      kind === 'signed_off' && met !== 'met' && detail.panel === word.panel ? [detail.role] : [],
    ),
  );
  const role = theirs.find((each) => unsigned.has(each)) ?? theirs[0];
  return role === undefined ? { refused: 'role_missing', needs } : { role };
}
