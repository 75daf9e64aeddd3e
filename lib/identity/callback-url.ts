/**
 * Where to go after signing in or out: `wanted` when it stays on `origin`, else the start page of `origin`.
 * Returns an absolute URL. Browsers read `\` as `/` and drop tabs and line breaks, and so does the URL parser here,
 * so that what is compared is what the browser will open. Source: OWASP unvalidated redirects.
 */
export function safeCallbackUrl(wanted: string | null | undefined, origin: string): string {
  const home = `${origin}/`;
  if (!wanted) return home;
  if (!URL.canParse(wanted, origin)) return home;
  const url = new URL(wanted, origin);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.origin === origin && url.username === '' && url.password === '' ? url.href : home;
}

/** The same as a path, for links and redirects inside the app: always starts with exactly one slash. */
export function safeReturnPath(wanted: string | null | undefined): string {
  const placeholder = 'http://phasegate.invalid';
  const url = new URL(safeCallbackUrl(wanted, placeholder));
  return `${url.pathname.replace(/^\/{2,}/, '/')}${url.search}${url.hash}`;
}
