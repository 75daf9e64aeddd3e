import type { CycleState } from '#lib/collector/server.ts';
import { cycleRequested, windowAnalyzed, windowClosed, windowCollected } from './events.ts';

/** The event that takes a window on from each state; a reported window is at its end. */
const NEXT = {
  due: windowClosed,
  collected: windowCollected,
  analyzed: windowAnalyzed,
} as const satisfies Record<Exclude<CycleState, 'reported'>, unknown>;

type DueWindow = { windowStart: string; state: CycleState };

/**
 * The round of a tick. A window that is still unfinished is handed on once per round: every hour by the clock, so that
 * one whose run has failed for good is tried again, and at once when a person asks.
 */
export function roundOf(event: { name: string; ts?: number | undefined }, runId: string): string {
  if (event.name === cycleRequested.name) return runId;
  return new Date(event.ts ?? 0).toISOString().slice(0, 13);
}

/** One event for each window, in the order given, with an id that is the same however often a round is repeated. */
export function nextStageEvents(due: readonly DueWindow[], round: string) {
  return due.flatMap(({ windowStart, state }) =>
    state === 'reported'
      ? []
      : [NEXT[state].create({ windowStart }, { id: `${NEXT[state].name}:${windowStart}:${round}` })],
  );
}
