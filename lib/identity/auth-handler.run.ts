import type { NextApiRequest, NextApiResponse } from 'next';
import { env } from '#lib/config/server.ts';
import { recentPolicy } from '#lib/policy/server.ts';
import { authOptions } from './auth-options.run.ts';
import { defaultExport } from './default-export.ts';
import { clientAddress, crossSiteRefusal, requestOrigin } from './request-origin.ts';

/** What next-auth may be asked for here; its other actions (a log that anybody can write to) stay closed. */
const ACTIONS = new Set(['csrf', 'providers', 'session', 'signin', 'signout', 'callback', 'error']);
const BODY_LIMIT_BYTES = 16_384;

/**
 * next-auth takes its own address from these variables only. The host in the headers is the one that requestOrigin has
 * checked (written below), so that localhost and 127.0.0.1 both stay where they are; NEXTAUTH_URL would override it.
 */
function letHeadersNameTheHost(variables: NodeJS.ProcessEnv): void {
  variables.AUTH_TRUST_HOST = 'true';
  delete variables.NEXTAUTH_URL;
}

/**
 * Answers /api/auth/*: sign-in, sign-out and the session, by next-auth. Uses its handler for Node-style requests, because
 * that one takes headers as an argument: the origin is ours to decide, and tests need no running Next.
 * `segments` is the path behind /api/auth.
 */
export async function handleAuth(request: Request, segments: readonly string[]): Promise<Response> {
  const origin = requestOrigin(request.headers, env().appUrl);
  if (origin === null || !ACTIONS.has(segments[0] ?? '')) return plain(404, 'Not found');
  const refusal = crossSiteRefusal(request.method, request.headers, env().appUrl, true);
  if (refusal) return plain(403, refusal);
  const form = request.method === 'POST' ? await readForm(request) : {};
  if (form === null) return plain(413, 'The body is too large');

  // biome-ignore lint/style/noProcessEnv: see letHeadersNameTheHost
  letHeadersNameTheHost(process.env);
  const url = new URL(origin);
  const recorder = new ResponseRecorder();
  const nodeStyleRequest = {
    method: request.method,
    headers: {
      ...Object.fromEntries(request.headers),
      'x-forwarded-host': url.host,
      'x-forwarded-proto': url.protocol.slice(0, -1),
    },
    query: { ...Object.fromEntries(new URL(request.url).searchParams), nextauth: [...segments] },
    cookies: cookiesOf(request.headers.get('cookie')),
    body: form,
  };
  const { policy } = await recentPolicy();
  const options = authOptions({
    secure: url.protocol === 'https:',
    from: clientAddress(request.headers),
    signIn: policy.signIn,
    now: new Date(),
  });
  // Loaded by whoever signs people in, which commands and runners never do.
  const { default: NextAuthModule } = await import('next-auth');
  // Just the parts that next-auth uses of what a Node server would pass.
  await defaultExport(NextAuthModule)(
    nodeStyleRequest as unknown as NextApiRequest,
    recorder as unknown as NextApiResponse,
    options,
  );
  return recorder.toResponse();
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'Cache-Control': 'no-store' } });
}

async function readForm(request: Request): Promise<Record<string, string> | null> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_LIMIT_BYTES) return null;
  const text = await request.text();
  return text.length > BODY_LIMIT_BYTES ? null : Object.fromEntries(new URLSearchParams(text));
}

function cookiesOf(header: string | null): Record<string, string> {
  const pairs = (header ?? '').split(';').flatMap((part) => {
    const at = part.indexOf('=');
    return at > 0 ? [[part.slice(0, at).trim(), decoded(part.slice(at + 1).trim())] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    if (cause instanceof URIError) return value; // not one of ours; next-auth will not accept it either
    throw cause;
  }
}

/** Takes down what a Node-style handler answers. */
class ResponseRecorder {
  #status = 200;
  #body: string | null = null;
  readonly #headers = new Map<string, string | string[]>();

  status(code: number): this {
    this.#status = code;
    return this;
  }

  getHeader(name: string): string | string[] | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  setHeader(name: string, value: string | string[]): this {
    this.#headers.set(name.toLowerCase(), value);
    return this;
  }

  json(value: unknown): void {
    this.setHeader('content-type', 'application/json');
    this.#body = JSON.stringify(value);
  }

  send(value: unknown): void {
    if (value === undefined || value === null) return;
    if (typeof value === 'string') this.#body = value;
    else this.json(value);
  }

  end(): void {}

  toResponse(): Response {
    const headers = new Headers({ 'cache-control': 'no-store' });
    for (const [name, value] of this.#headers) {
      headers.delete(name);
      for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
    }
    return new Response(this.#body, { status: this.#status, headers });
  }
}
