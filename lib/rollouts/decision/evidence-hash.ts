import { hash } from 'node:crypto';
import type { DecisionFacts } from '../gates/gate-facts.ts';
import { checklistItems } from '../gates/phase-gates.ts';
import { currentRun } from '../gates/run-gates.ts';

/**
 * What approvers sign (PHA-3): this rollout in this phase and version, this policy, where the run of met windows begins,
 * every incident since the phase began, people's answers and sign-offs, and whether a kill switch is pressed. If any of
 * them changes, the signature is void.
 *
 * What passes by itself is left out: one more good window, a window with too few samples, late data from the collector, a
 * freeze. It holds the promotion while it lasts, because every gate is evaluated again with the last click, and it must
 * not cost people's signatures: a quiet night changes nothing about what they were shown.
 */
export function evidenceHash(facts: DecisionFacts): string {
  const { rollout, phase, policyHash, incidents, signOffs, stops } = facts;
  const { lastReset } = currentRun(facts);
  const enteredMs = Date.parse(rollout.phaseEnteredAt);
  const lists = phase.gates.flatMap((gate) => (gate.kind === 'checklist' ? [gate.list] : []));
  const panels = phase.gates.flatMap((gate) =>
    gate.kind === 'signed_off' ? gate.panels.map((panel) => ({ panel, role: gate.role })) : [],
  );
  const evidence = {
    rollout: [rollout.id, phase.id, rollout.version],
    policyHash,
    // What ended the run before this one; null: it goes back to the entry into the phase.
    run: lastReset && [lastReset.at.toISOString(), lastReset.why],
    // Only those that began in this phase: older ones leave the period a gate looks at by themselves.
    incidents: incidents
      .filter(({ openedAt, closedAt }) => closedAt === null || openedAt.getTime() >= enteredMs)
      .map(({ number }) => number)
      .sort((a, b) => a - b),
    answers: lists.flatMap((list) =>
      checklistItems(list, facts)
        .filter(({ by }) => by === 'person')
        .map(({ item, answer }) => [list, item.id, answer]),
    ),
    // The one that counts: another reviewer's beside it takes nothing from what was shown.
    signOffs: panels.map(({ panel, role }) => {
      const counts = signOffs.find(
        (signOff) => signOff.panel === panel && signOff.role === role && signOff.policyHash === policyHash,
      );
      return [panel, counts?.personId ?? null, counts?.givenAt.toISOString() ?? null];
    }),
    killed: rollout.state === 'halted' || stops.some(({ kind }) => kind === 'kill'),
  };
  return hash('sha256', JSON.stringify(evidence), 'hex');
}
