import type { VerdictKind } from './verdict.schema.ts';

/** What the streak reads of a stored verdict. */
export type StreakEntry = {
  windowStart: Date;
  verdict: VerdictKind;
  sloMet: boolean | null;
  /** False: judged by other rules than those in force, so it says nothing about them. */
  sameRules?: boolean;
};

export type Streak = {
  /** Windows running that met every objective; windows without enough data neither count nor end the run. */
  windows: number;
  /** The same as time, for gates that ask for a duration. */
  metSeconds: number;
  /** Start of the oldest window of the run, or null when there is none. */
  sinceWindow: Date | null;
  /** What ended the run before this one; null where the history begins with it. */
  lastReset: { at: Date; why: 'violation' | 'unmet' | 'gap' | 'rules' } | null;
};

/**
 * How long a phase has met its objectives without a break (PHA-4): a violation, an unmet objective or a missing window
 * resets the run. Units: 15-minute windows (`windowSeconds`), seconds.
 * `from` begins the history (entry into the phase, or the first verdict); `upTo` is the end of the newest window that
 * must be there, by default that of the newest verdict. The order of `entries` does not matter.
 */
export function streakOf(
  entries: readonly StreakEntry[],
  options: { windowSeconds: number; from?: Date; upTo?: Date },
): Streak {
  const windowMs = options.windowSeconds * 1000;
  const byStart = new Map(entries.map((entry) => [entry.windowStart.getTime(), entry]));
  const starts = [...byStart.keys()];
  const from = options.from
    ? Math.ceil(options.from.getTime() / windowMs) * windowMs
    : Math.min(...starts, Number.POSITIVE_INFINITY);
  const newest = options.upTo
    ? Math.floor(options.upTo.getTime() / windowMs) * windowMs - windowMs
    : Math.max(...starts, Number.NEGATIVE_INFINITY);

  let windows = 0;
  let since: number | null = null;
  let lastReset: Streak['lastReset'] = null;
  for (let start = newest; Number.isFinite(start) && start >= from; start -= windowMs) {
    const entry = byStart.get(start);
    const why = resetBy(entry);
    if (why) {
      lastReset = { at: new Date(start), why };
      break;
    }
    if (entry?.sloMet === true) {
      windows++;
      since = start;
    }
  }
  return {
    windows,
    metSeconds: windows * options.windowSeconds,
    sinceWindow: since === null ? null : new Date(since),
    lastReset,
  };
}

function resetBy(entry: StreakEntry | undefined): 'violation' | 'unmet' | 'gap' | 'rules' | null {
  if (!entry) return 'gap';
  if (entry.sameRules === false) return 'rules';
  if (entry.verdict === 'violation') return 'violation';
  return entry.sloMet === false ? 'unmet' : null;
}
