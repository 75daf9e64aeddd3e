/** One change of phase, as far as the history of stays needs it. */
export type PhaseStep = { kind: string; fromPhase: string | null; toPhase: string; at: Date };

/** An unbroken stay in a phase. `since` is undefined for the phase the rollout started in: it has no earlier stay. */
export type PhaseStay = { phase: string; since: Date | undefined };

/**
 * The stays of a rollout, oldest first. Windows from before the rollout was set up belong to the phase it started in,
 * so that telemetry which is older than the installation gets its verdicts too.
 */
export function phaseStays(currentPhase: string, steps: readonly PhaseStep[]): PhaseStay[] {
  const ordered = [...steps].sort((a, b) => a.at.getTime() - b.at.getTime());
  const moves = ordered.filter((step) => step.kind !== 'start');
  const start = ordered.find((step) => step.kind === 'start')?.toPhase;
  const first = start ?? moves[0]?.fromPhase ?? currentPhase;
  return [
    { phase: first, since: undefined },
    ...moves.map((step) => ({ phase: step.toPhase, since: step.at })),
  ];
}

/** The stay that holds at the end of a window: a change exactly at the end belongs to the next window. */
export function stayAt(stays: readonly PhaseStay[], windowEnd: Date): PhaseStay | undefined {
  return stays.findLast((stay) => stay.since === undefined || stay.since.getTime() < windowEnd.getTime());
}
