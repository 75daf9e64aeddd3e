import { env } from '#lib/config/server.ts';
import { type HeaderReader, requestOrigin } from './request-origin.ts';
import { cookieFromHeader, sessionCookieName } from './session-cookie.ts';
import { sessionIdOfToken } from './session-token.ts';

/** The session a request's cookie names, whether or not it still counts; null without a cookie of ours. */
export async function sessionIdOfRequest(headers: HeaderReader): Promise<string | null> {
  const origin = requestOrigin(headers, env().appUrl);
  if (origin === null) return null;
  const token = cookieFromHeader(headers.get('cookie'), sessionCookieName(origin.startsWith('https:')));
  return token === undefined ? null : await sessionIdOfToken(token, env().nextauthSecret);
}
