import type { Actor } from './actor.ts';
import { authenticateKey } from './api-key.store.ts';
import { apiKeyHash } from './api-key-format.ts';

/** Keys remembered at once; past it the oldest is forgotten. */
const MOST_KEYS = 1000;

// Under the hash, as in the database: the key itself is kept nowhere. Age is measured with a clock nobody can set.
const remembered = new Map<string, { actor: Actor; readAtMs: number }>();

/** Who a key speaks for, as of at most `maxAgeMs` ago. What does not count is asked again each time. */
export async function recentActor(key: string, now: Date, maxAgeMs: number): Promise<Actor | null> {
  const hash = apiKeyHash(key);
  const known = remembered.get(hash);
  const readAtMs = performance.now();
  if (known && readAtMs - known.readAtMs < maxAgeMs) return known.actor;
  remembered.delete(hash);
  const actor = await authenticateKey(key, now);
  if (!actor) return null;
  const oldest = remembered.size >= MOST_KEYS ? remembered.keys().next().value : undefined;
  if (oldest !== undefined) remembered.delete(oldest);
  remembered.set(hash, { actor, readAtMs });
  return actor;
}
