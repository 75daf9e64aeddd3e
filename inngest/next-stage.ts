import type { CycleRow, CycleState } from '#lib/collector/server.ts';
import { cycleRequested, type WindowSpan, windowAnalyzed, windowClosed, windowCollected } from './events.ts';

/** The event that takes windows on from each state; a reported window is at its end. */
const NEXT = {
  due: windowClosed,
  collected: windowCollected,
  analyzed: windowAnalyzed,
} as const satisfies Record<Exclude<CycleState, 'reported'>, unknown>;

/** How many windows in a row are made up for in one run: six hours. A scheduled window always has a run of its own. */
const MOST_TOGETHER = 24;

export type StageSpan = WindowSpan & { state: Exclude<CycleState, 'reported'> };
type Span = { from: Date; to: Date; count: number };

/** Joins windows that follow each other, oldest first, into spans of at most `most` windows. */
function joined(windows: readonly { windowStart: Date; windowEnd: Date }[], most: number): WindowSpan[] {
  const spans: Span[] = [];
  for (const { windowStart, windowEnd } of windows) {
    const last = spans.at(-1);
    if (last && last.to.getTime() === windowStart.getTime() && last.count < most) {
      last.to = windowEnd;
      last.count += 1;
    } else spans.push({ from: windowStart, to: windowEnd, count: 1 });
  }
  return spans.map(({ from, to }) => ({ from: from.toISOString(), to: to.toISOString() }));
}

/** The unfinished windows as spans that go to the same stage, oldest first (COL-3). */
export function stageSpans(cycles: readonly CycleRow[]): StageSpan[] {
  const states = Object.keys(NEXT) as (keyof typeof NEXT)[];
  return states
    .flatMap((state) => {
      const here = cycles.filter((cycle) => cycle.state === state);
      const made = joined(
        here.filter(({ origin }) => origin === 'catch_up'),
        MOST_TOGETHER,
      );
      const scheduled = joined(
        here.filter(({ origin }) => origin === 'scheduled'),
        1,
      );
      return [...made, ...scheduled].map((span) => ({ ...span, state }));
    })
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** Single windows, oldest first, as spans of at most six hours: for windows that are to be judged again (COL-6). */
export function spansOf(windowStarts: readonly string[], windowSeconds: number): WindowSpan[] {
  const starts = windowStarts.map((start) => new Date(start)).sort((a, b) => a.getTime() - b.getTime());
  const windows = starts.map((windowStart) => ({
    windowStart,
    windowEnd: new Date(windowStart.getTime() + windowSeconds * 1000),
  }));
  return joined(windows, MOST_TOGETHER);
}

/**
 * The round of a tick. What is still unfinished is handed on once per round: every hour by the clock, so that windows
 * whose run has failed for good are tried again, and at once when a person asks.
 */
export function roundOf(event: { name: string; ts?: number | undefined }, runId: string): string {
  if (event.name === cycleRequested.name) return runId;
  return new Date(event.ts ?? 0).toISOString().slice(0, 13);
}

/** One event for each span, in the order given, with an id that is the same however often a round is repeated. */
export function nextStageEvents(spans: readonly StageSpan[], round: string) {
  return spans.map(({ from, to, state }) =>
    NEXT[state].create({ from, to }, { id: `${NEXT[state].name}:${from}:${to}:${round}` }),
  );
}
