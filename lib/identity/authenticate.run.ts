import { env } from '#lib/config/server.ts';
import type { Actor } from './actor.ts';
import { apiKeyOfHeaders, authenticateKey } from './api-key.store.ts';
import { type HeaderReader, requestOrigin } from './request-origin.ts';
import { actorOfSession } from './session.store.ts';
import { cookieFromHeader, sessionCookieName } from './session-cookie.ts';
import { sessionIdOfToken } from './session-token.ts';

/** Whose session cookie a request carries; null when there is none that counts now. Errors: the database's. */
export async function authenticateSession(headers: HeaderReader, now: Date): Promise<Actor | null> {
  const origin = requestOrigin(headers, env().appUrl);
  if (origin === null) return null;
  const token = cookieFromHeader(headers.get('cookie'), sessionCookieName(origin.startsWith('https:')));
  if (token === undefined) return null;
  const sessionId = await sessionIdOfToken(token, env().nextauthSecret);
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
