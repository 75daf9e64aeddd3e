import { readFileSync } from 'node:fs';
import { findPhase, parsePolicy } from '#lib/policy/index.ts';
import type { DecisionFacts } from '../gates/gate-facts.ts';

export const LOADED = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});
export const NOW = new Date('2026-11-21T09:03:00.000Z');
const WINDOW_MS = 900_000;
const NEWEST_END = new Date('2026-11-21T09:00:00.000Z');
const WINDOWS = { A: 10, B: 98, C: 290 };

/** A rollout `autosave` in a phase in which every gate but people's signatures is met. */
export function readyFacts(
  phaseId: keyof typeof WINDOWS,
  change: Partial<DecisionFacts> = {},
): DecisionFacts {
  const phase = findPhase(LOADED.policy, 'autosave', phaseId);
  if (!phase) throw new RangeError(phaseId);
  const entered = new Date(NEWEST_END.getTime() - WINDOWS[phaseId] * WINDOW_MS).toISOString();
  return {
    policy: LOADED.policy,
    policyHash: LOADED.hash,
    rollout: {
      id: 'autosave',
      phase: phaseId,
      state: 'awaiting_approval',
      resumeState: null,
      version: 1,
      revision: 2,
      phaseEnteredAt: entered,
      stateEnteredAt: entered,
      watchUntil: null,
      nextCanaryAt: null,
      escalatedAt: null,
    },
    phase,
    now: NOW,
    verdicts: Array.from({ length: WINDOWS[phaseId] }, (_, back) => ({
      id: `01937b1e-0000-7000-8000-${String(back).padStart(12, '0')}`,
      windowStart: new Date(NEWEST_END.getTime() - (back + 1) * WINDOW_MS),
      windowEnd: new Date(NEWEST_END.getTime() - back * WINDOW_MS),
      verdict: 'pass' as const,
      sloMet: true,
      rollbackRequired: false,
      sameRules: true,
    })),
    metrics: [],
    newestCollectedWindowEnd: NEWEST_END,
    unreadSources: [],
    stops: [],
    incidents: [],
    reviews: [],
    rollbackPending: false,
    flagsAsPolicy: true,
    policyUsable: true,
    quarantineOpenCount: 0,
    canaryPlanned: true,
    answers: [],
    signOffs: phase.gates.flatMap((gate) =>
      gate.kind === 'signed_off'
        ? gate.panels.map((panel) => ({
            panel,
            role: gate.role,
            personId: 'reviewer',
            policyHash: LOADED.hash,
            givenAt: NOW,
          }))
        : [],
    ),
    approvals: [],
    ...change,
  };
}
