import { type Breach, generateEvents } from '#lib/telemetry/index.ts';

export const WINDOW_MS = 15 * 60_000;
export const EVENTS_PER_MINUTE = 60;

export type TimedLine = { readonly atMs: number; readonly line: string };

/**
 * What one rollout's clients send in the window that begins at `startMs`, in order of time. The same window gives the
 * same lines, so that a restart in its middle goes on where it stopped.
 */
export function windowLines(
  rollout: string,
  phase: string,
  startMs: number,
  breaches: readonly Breach[] = [],
): TimedLine[] {
  const seed = [...`${rollout}/${phase}/${startMs}`].reduce(
    (hash, character) => (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0,
    7,
  );
  const lines = generateEvents({
    seed,
    start: new Date(startMs),
    end: new Date(startMs + WINDOW_MS),
    eventsPerMinute: EVENTS_PER_MINUTE,
    phases: [phase],
    breaches,
  });
  return [...lines].map((line) => ({ atMs: Date.parse(line.slice(7, 31)), line }));
}

/** The lines of [fromMs, toMs), whichever windows they lie in. */
export function linesBetween(
  rollout: string,
  phase: string,
  fromMs: number,
  toMs: number,
  breaches: readonly Breach[] = [],
): string[] {
  const lines: string[] = [];
  for (let startMs = Math.floor(fromMs / WINDOW_MS) * WINDOW_MS; startMs < toMs; startMs += WINDOW_MS) {
    for (const { atMs, line } of windowLines(rollout, phase, startMs, breaches)) {
      if (atMs >= fromMs && atMs < toMs) lines.push(line);
    }
  }
  return lines;
}
