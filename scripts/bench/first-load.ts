import { gzipSync } from 'node:zlib';

export type FirstLoad = { bytes: number; files: number };

/**
 * What a browser has to load of scripts before a page works: every script the page's answer names, compressed as a server
 * does it (gzip), for somebody who has never been there. `cookie`: of whom is signed in. Errors: a page or script that does
 * not answer 200.
 */
export async function firstLoadOf(url: string, path: string, cookie: string): Promise<FirstLoad> {
  const html = await read(new URL(path, url), cookie);
  const named = [...html.matchAll(/<(?:script|link)\b[^>]*>/g)].flatMap(([tag]) => {
    // Old browsers' scripts are not loaded by those of today.
    if (/\bnomodule\b/i.test(tag)) return [];
    const source = /\b(?:src|href)="([^"]+\.js(?:\?[^"]*)?)"/.exec(tag)?.[1];
    return source === undefined ? [] : [source];
  });
  const scripts = [...new Set(named)];
  const sizes = await Promise.all(
    scripts.map(async (source) => gzipSync(await read(new URL(source, url), cookie)).byteLength),
  );
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: scripts.length };
}

async function read(address: URL, cookie: string): Promise<string> {
  const answer = await fetch(address, { headers: { cookie }, redirect: 'manual' });
  if (answer.status !== 200) throw new Error(`${address.pathname} answers ${answer.status}`);
  return answer.text();
}

/** Signs in with a password and returns the cookies of the session. Errors: refused. */
export async function signInCookie(url: string, email: string, password: string): Promise<string> {
  const cookiesOf = (answer: Response) =>
    answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  const start = await fetch(new URL('/api/auth/csrf', url));
  const { csrfToken } = (await start.json()) as { csrfToken: string };
  const signedIn = await fetch(new URL('/api/auth/callback/credentials', url), {
    method: 'POST',
    headers: { cookie: cookiesOf(start).join('; '), origin: new URL(url).origin },
    body: new URLSearchParams({ csrfToken, email, password, json: 'true' }),
    redirect: 'manual',
  });
  const cookie = [...cookiesOf(start), ...cookiesOf(signedIn)].join('; ');
  if (!cookie.includes('phasegate.session')) throw new Error(`sign-in answers ${signedIn.status}`);
  return cookie;
}
