import type { SloCounts } from './counts.ts';

/** Rollouts × periods that people look at within a quarter of an hour. */
const LIMIT = 64;

// Of the whole process: Next may evaluate this module more than once.
const holder = globalThis as typeof globalThis & { phasegateSloCounts?: Map<string, Promise<SloCounts>> };
holder.phasegateSloCounts ??= new Map();
const known = holder.phasegateSloCounts;

/**
 * Counts by a key that names everything they depend on, so that what is known cannot be out of date. Who asks while others
 * wait for the same counts waits with them; what failed is forgotten. Errors: those of `read`.
 */
export function readCached(key: string, read: () => Promise<SloCounts>): Promise<SloCounts> {
  const there = known.get(key);
  known.delete(key);
  const counts = there ?? read();
  known.set(key, counts);
  if (!there) {
    counts.catch(() => known.delete(key));
    const [oldest] = known.keys();
    if (known.size > LIMIT && oldest !== undefined) known.delete(oldest);
  }
  return counts;
}
