import type { Actor } from './actor.ts';
import { apiKeyOfHeaders, authenticateKey } from './api-key.store.ts';
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
 * now: unknown, revoked, expired, or of a person who was disabled. Errors: the database's.
 */
export async function authenticateApiKey(headers: HeaderReader, now: Date): Promise<Actor | null> {
  const key = apiKeyOfHeaders(headers);
  return key === null ? null : await authenticateKey(key, now);
}
