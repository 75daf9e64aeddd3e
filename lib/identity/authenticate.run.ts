import type { Actor } from './actor.ts';
import { apiKeyOfHeaders, authenticateKey } from './api-key.store.ts';
import { recentActor } from './recent-keys.run.ts';
import type { HeaderReader } from './request-origin.ts';
import { sessionIdOfRequest } from './request-session.run.ts';
import { actorOfSession } from './session.store.ts';

/** Whose session cookie a request carries; null when there is none that counts now. Errors: the database's. */
export async function authenticateSession(headers: HeaderReader, now: Date): Promise<Actor | null> {
  const sessionId = await sessionIdOfRequest(headers);
  return sessionId === null ? null : await actorOfSession(sessionId, now);
}

/**
 * Whose API key a request carries (`Authorization: Bearer pg_…` or `X-Api-Key: pg_…`); null without one that counts
 * now: unknown, revoked, expired, or of a person who was disabled. `maxAgeMs`: an answer that was read so shortly
 * before may be given again, so that a busy program costs no query per request; a revoked key lives on for as long.
 * Errors: the database's.
 */
export async function authenticateApiKey(
  headers: HeaderReader,
  now: Date,
  maxAgeMs = 0,
): Promise<Actor | null> {
  const key = apiKeyOfHeaders(headers);
  if (key === null) return null;
  return maxAgeMs > 0 ? await recentActor(key, now, maxAgeMs) : await authenticateKey(key, now);
}
