import type { PhaseVerdict } from './verdict.schema.ts';

/** A violation that was judged again (ANA-6). `looks`: how often the sources were read for it; `unread`: files that still fail. */
export type Rechecked = {
  rolloutId: string;
  phase: string;
  windowStart: string;
  looks: number;
  unread: number;
  outcome: 'confirmed' | 'withdrawn';
};

/** What judging a violation again needs of the Collector. */
export type Recheck = {
  /** Reads the sources once more, and what fails and may pass by the plan `slo-recheck`. */
  read: () => Promise<{ looks: number; unread: number }>;
  /** Is told what came of it, after the verdicts are stored; the same window may be told again. */
  completed: (rechecked: readonly Rechecked[]) => Promise<void>;
};

/** Whether a verdict is one that acts: it is not final before it was judged twice. Pure. */
export const isViolated = (verdict: Pick<PhaseVerdict, 'breach' | 'rollback_required'>): boolean =>
  verdict.breach || verdict.rollback_required;

/** What became of each violated window when it was judged again from `verdicts`. Pure. */
export function recheckedOf(
  violated: readonly PhaseVerdict[],
  verdicts: readonly PhaseVerdict[],
  read: { looks: number; unread: number },
): Rechecked[] {
  return violated.map(({ rollout, phase, window }) => {
    const final = verdicts.find((verdict) => verdict.window.start === window.start);
    return {
      ...read,
      rolloutId: rollout,
      phase,
      windowStart: window.start,
      outcome: final && isViolated(final) ? 'confirmed' : 'withdrawn',
    };
  });
}
