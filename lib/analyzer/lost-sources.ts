/**
 * A telemetry file that cannot be read and held telemetry of a rollout and phase until it failed (COL-5). `failure`: the code
 * of the Collector's table.
 */
export type LostSource = { source: string; failure: string; retryable: boolean; failingSince: Date };

/**
 * Which file is missing in a window; null: none is. What a person must repair is missing from its first failure on; what may
 * pass by itself was tried again by the Collector and is missing in windows that it failed in from their beginning. Pure.
 */
export function lostIn(lost: readonly LostSource[], window: { start: Date; end: Date }): LostSource | null {
  return (
    lost.find(({ retryable, failingSince }) =>
      retryable ? failingSince <= window.start : failingSince < window.end,
    ) ?? null
  );
}

export type SourceState = {
  name: string;
  feeds: readonly string[];
  newestEventAt: Date | null;
  failing: { failure: string; retryable: boolean; since: Date } | null;
};

/**
 * The failing files that fed a rollout and phase not longer than `withinSeconds` before they failed. What is rotated keeps the
 * beginning of its name: a new file that may not be read is missed where the one before it was read. Pure.
 */
export function lostSourcesOf(
  sources: readonly SourceState[],
  of: { rolloutId: string; phase: string; withinSeconds: number },
): LostSource[] {
  const feed = `${of.rolloutId}/${of.phase}`;
  return sources.flatMap(({ name, failing }) => {
    if (!failing) return [];
    const since = failing.since.getTime() - of.withinSeconds * 1000;
    const fed = sources.some(
      (other) =>
        family(other.name) === family(name) &&
        other.feeds.includes(feed) &&
        other.newestEventAt !== null &&
        other.newestEventAt.getTime() >= since,
    );
    const { failure, retryable } = failing;
    return fed ? [{ source: name, failure, retryable, failingSince: failing.since }] : [];
  });
}

/** `canary/phase-a.jsonl.1` → `canary/phase-a`: what rotation keeps of a name. */
const family = (name: string): string => /^(?:.*\/)?[^/.]*/.exec(name)?.[0] ?? name;
