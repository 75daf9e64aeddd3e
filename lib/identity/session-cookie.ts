/**
 * The cookie that carries the session's id. Over https its name starts with `__Host-`, which makes browsers insist on
 * Secure, path `/` and no domain.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-phasegate.session' : 'phasegate.session';
}

/** Reads one cookie out of a Cookie header; undefined when it is not there. */
export function cookieFromHeader(header: string | null, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
