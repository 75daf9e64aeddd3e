import { type Breach, generateEvents } from '#lib/telemetry/index.ts';

export const WINDOW_MS = 15 * 60_000;
// Rare events (a crash in fifty sessions) are spread evenly within a block; in shorter ones they would clump or vanish.
const BLOCK_MS = 24 * 3_600_000;
const EVENTS_PER_MINUTE = 60;
const BASELINE_PHASE = 'A-0';
// Half of the baseline's: one crash too many among the first hundred sessions of a phase is then still no increase.
const CRASH_RATIO = 0.01;
const NO_BREACHES: readonly Breach[] = [];

type Block = { key: string; breaches: readonly Breach[]; lines: string[] };
// The block each rollout was last asked for: both writers go through time in order.
const blocks = new Map<string, Block>();

function blockLines(rollout: string, phase: string, startMs: number, breaches: readonly Breach[]): string[] {
  const key = `${rollout}/${phase}/${startMs}`;
  const known = blocks.get(rollout);
  if (known?.key === key && known.breaches === breaches) return known.lines;
  const seed = [...key].reduce((hash, character) => (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0, 7);
  const lines = [
    ...generateEvents({
      seed,
      start: new Date(startMs),
      end: new Date(startMs + BLOCK_MS),
      eventsPerMinute: EVENTS_PER_MINUTE,
      phases: [phase],
      profile: { [phase]: phase === BASELINE_PHASE ? {} : { crashRatio: CRASH_RATIO } },
      breaches,
    }),
  ];
  blocks.set(rollout, { key, breaches, lines });
  return lines;
}

/**
 * What one rollout's clients send in [fromMs, toMs), in order of time. The same day gives the same lines, wherever it is
 * cut, so that a writer that was stopped goes on where it was.
 */
export function linesBetween(
  rollout: string,
  phase: string,
  fromMs: number,
  toMs: number,
  breaches: readonly Breach[] = NO_BREACHES,
): string[] {
  // Every line begins with its timestamp in the same form, so that text compares like time.
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  const lines: string[] = [];
  for (let startMs = Math.floor(fromMs / BLOCK_MS) * BLOCK_MS; startMs < toMs; startMs += BLOCK_MS) {
    for (const line of blockLines(rollout, phase, startMs, breaches)) {
      const ts = line.slice(7, 31);
      if (ts >= from && ts < to) lines.push(line);
    }
  }
  return lines;
}
