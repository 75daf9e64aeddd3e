const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)/g;

/** When a wait ends: after a duration, or at a moment. */
export type WaitTime = { afterMs: number } | { at: Date };

/**
 * Parses what sleeps and timeouts carry: a time string ("1h30m", "" for nothing) or an RFC 3339 date.
 * Source: SDK_SPEC 1.3.2, 5.3.2. Errors: RangeError naming the text.
 */
export function parseWaitTime(text: string): WaitTime {
  if (/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))*$/.test(text)) {
    let afterMs = 0;
    for (const [, amount, unit] of text.matchAll(PART))
      afterMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
    return { afterMs };
  }
  const at = /^\d{4}-\d{2}-\d{2}T/.test(text) ? new Date(text) : undefined;
  if (at === undefined || Number.isNaN(at.getTime())) {
    throw new RangeError(`${JSON.stringify(text)} is neither a time string like 1h30m nor an RFC 3339 date`);
  }
  return { at };
}

/** The moment a wait ends that begins at `now`. */
export function waitEnd(wait: WaitTime, now: Date): Date {
  return 'at' in wait ? wait.at : new Date(now.getTime() + Math.round(wait.afterMs));
}
