/** Reads one request header; the same for a Request, Next's headers() and tests. */
export type HeaderReader = { get(name: string): string | null };

/**
 * The origin under which the browser reached us. `appUrl` when its host is the one asked for (directly or through a
 * proxy), else the Host header itself, so that http://localhost:PORT and http://127.0.0.1:PORT both work.
 * X-Forwarded-Host counts only when it names `appUrl`: anybody can send it. Null: the Host header is unusable.
 */
export function requestOrigin(headers: HeaderReader, appUrl: string): string | null {
  const configured = new URL(appUrl);
  const host = headers.get('host');
  const forwardedHost = headers.get('x-forwarded-host');
  if (host === configured.host || forwardedHost === configured.host) return configured.origin;
  if (!host || !/^[A-Za-z0-9.:[\]-]+$/.test(host)) return null;
  const scheme = headers.get('x-forwarded-proto') === 'https' ? 'https' : 'http';
  return URL.canParse(`${scheme}://${host}`) ? new URL(`${scheme}://${host}`).origin : null;
}

/**
 * The address a request came from, for limits and nothing else. The last entry of X-Forwarded-For is the one the
 * nearest proxy (or Next itself) wrote; earlier ones are whatever the sender liked.
 */
export function clientAddress(headers: HeaderReader): string {
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || 'unknown';
}

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Why a request must not act on behalf of its cookie, or null when it may. Reading is always allowed: without CORS
 * headers another site cannot see the answer. A change needs an Origin that is exactly ours; a missing one is refused
 * where a cookie speaks (`originRequired`), because Next itself lets it through (measured).
 * Source: OWASP CSRF Prevention Cheat Sheet; threat 8 of the project's reliability notes.
 */
export function crossSiteRefusal(
  method: string,
  headers: HeaderReader,
  appUrl: string,
  originRequired: boolean,
): 'origin_missing' | 'origin_not_allowed' | 'cross_site' | null {
  if (READING_METHODS.has(method)) return null;
  if (headers.get('sec-fetch-site') === 'cross-site') return 'cross_site';
  const origin = headers.get('origin');
  if (origin === null) return originRequired ? 'origin_missing' : null;
  const allowed = [new URL(appUrl).origin, requestOrigin(headers, appUrl)];
  return allowed.includes(origin) ? null : 'origin_not_allowed';
}
