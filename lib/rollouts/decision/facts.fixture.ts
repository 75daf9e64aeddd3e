import { readFileSync } from 'node:fs';
import type { MetricVerdict } from '#lib/analyzer/index.ts';
import { findPhase, type Phase, type Policy, parsePolicy } from '#lib/policy/index.ts';
import type { ApprovalFact, DecisionFacts, VerdictFact } from '../gates/gate-facts.ts';
import type { Rollout } from '../rollout.schema.ts';

export const WINDOW_MS = 900_000;
export const POLICY_HASH = 'policy-1';

const text = (name: string) => ({ file: name, text: readFileSync(`governance/${name}`, 'utf8') });
export const shipped = parsePolicy({ policy: text('policy.yaml'), events: text('events.yaml') });

/** The end of the newest window of every example: 14:00 UTC. */
export const NEWEST_END = new Date('2026-11-20T14:00:00.000Z');
export const minutesOn = (minutes: number, from: Date = NEWEST_END) =>
  new Date(from.getTime() + minutes * 60_000);

/**
 * Verdicts, one letter for each window, the last one ending at 14:00: `.` met, `w` met but near its limit, `u` unmet,
 * `v` violation that requires a step back, `V` violation that only warns, `-` insufficient data, `o` met by other rules,
 * `x` unmet by other rules, a space for a window that is missing. Newest first, as facts have them.
 */
export function verdicts(letters: string, newestEnd: Date = NEWEST_END): VerdictFact[] {
  return [...letters]
    .flatMap((letter, i): VerdictFact[] => {
      const windowEnd = new Date(newestEnd.getTime() - (letters.length - 1 - i) * WINDOW_MS);
      if (letter === ' ') return [];
      const met = '.wo'.includes(letter);
      return [
        {
          id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
          windowStart: new Date(windowEnd.getTime() - WINDOW_MS),
          windowEnd,
          verdict:
            letter === '-'
              ? 'insufficient_data'
              : 'vV'.includes(letter)
                ? 'violation'
                : met && letter !== 'w'
                  ? 'pass'
                  : 'warn',
          sloMet: letter === '-' ? null : met,
          rollbackRequired: letter === 'v',
          sameRules: !'ox'.includes(letter),
        },
      ];
    })
    .reverse();
}

export const metric = (name: string, rest: Partial<MetricVerdict> = {}): MetricVerdict => ({
  metric: name,
  value: 1,
  unit: 'ms',
  limit: 2,
  limit_kind: 'max',
  warn_at: null,
  verdict: 'pass',
  met: true,
  samples: 100,
  reason: 'within_limit',
  detail: {},
  shadow: false,
  window_seconds: 900,
  ...rest,
});

type Example = Partial<Omit<DecisionFacts, 'rollout' | 'phase' | 'policy' | 'verdicts'>> & {
  windows?: string;
  rollout?: Partial<Rollout>;
  phase?: Partial<Phase>;
  phaseId?: string;
  rolloutId?: string;
  policy?: Partial<Policy>;
  verdicts?: VerdictFact[];
  newestEnd?: Date;
};

/**
 * Facts of a rollout that may step on once people have signed: phase A of `autosave` with eight met windows, everything
 * else in order. `windows`: see {@link verdicts}; the phase was entered with the first of them.
 */
export function factsOf(example: Example = {}): DecisionFacts {
  const { windows = '........', rolloutId = 'autosave', phaseId = 'A', newestEnd = NEWEST_END } = example;
  const phase = findPhase(shipped.policy, rolloutId, phaseId);
  if (!phase) throw new RangeError(`no phase ${phaseId}`);
  const entered = new Date(newestEnd.getTime() - windows.length * WINDOW_MS).toISOString();
  return {
    policyHash: POLICY_HASH,
    now: minutesOn(3, newestEnd),
    metrics: [metric('autosave_p95')],
    newestCollectedWindowEnd: newestEnd,
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
    signOffs: [
      { panel: 'autosave', role: 'reviewer', personId: 'r', policyHash: POLICY_HASH, givenAt: newestEnd },
    ],
    approvals: [],
    ...example,
    policy: { ...shipped.policy, freezes: [], ...example.policy },
    phase: { ...phase, ...example.phase },
    verdicts: example.verdicts ?? verdicts(windows, newestEnd),
    rollout: {
      id: rolloutId,
      phase: phaseId,
      state: 'running',
      resumeState: null,
      version: 3,
      revision: 7,
      phaseEnteredAt: entered,
      stateEnteredAt: entered,
      watchUntil: null,
      nextCanaryAt: null,
      escalatedAt: null,
      ...example.rollout,
    },
  };
}

/** A person's vote on exactly what is shown; `for` names the evidence. */
export const vote = (personId: string, role: string, rest: Partial<ApprovalFact> = {}): ApprovalFact => ({
  id: `vote-${personId}`,
  personId,
  role,
  choice: 'approve',
  evidenceHash: '',
  policyHash: POLICY_HASH,
  givenAt: NEWEST_END,
  expiresAt: null,
  holdsRole: true,
  ...rest,
});
