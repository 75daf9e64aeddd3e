import type { Problem } from '#lib/http/index.ts';
import {
  currentFlags,
  type EvaluationContext,
  parseEvaluationRequest,
  versionOfTag,
} from '#lib/rollouts/server.ts';

const BODY_LIMIT_BYTES = 65_536;

/** How old the answer to "does this key count" may be here, so that an evaluation costs no query. */
export const KEY_MAX_AGE_MS = 1000;

// Flags are asked for from the pages of other origins. They prove themselves with a key, never with a cookie.
const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'ETag, Retry-After' };

/** An answer that pages of other origins may read. */
export function open(response: Response): Response {
  for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
  return response;
}

/** What a browser asks before it sends the key. */
export function preflight(methods: string): Response {
  return open(
    new Response(null, {
      status: 204,
      headers: {
        'Access-Control-Allow-Methods': methods,
        'Access-Control-Allow-Headers':
          'Authorization, X-API-Key, Content-Type, If-None-Match, Last-Event-ID, Cache-Control',
        'Access-Control-Max-Age': '600',
      },
    }),
  );
}

/** OFREP has a form of its own for failures of ours (500) and none for 401, 403 and 429: those stay problem+json. */
export function ofrepProblem(problem: Problem, response: Response): Response {
  if (problem.status < 500) return open(response);
  const headers = new Headers(response.headers);
  headers.set('Content-Type', 'application/json');
  return open(
    new Response(JSON.stringify({ errorDetails: problem.detail }), { status: problem.status, headers }),
  );
}

export type Refusal = { errorCode: string; errorDetails: string };

/** The context of an evaluation request, or what is wrong with it in OFREP's words. Errors: the connection's. */
export async function readContext(
  request: Request,
): Promise<{ context: EvaluationContext } | { problem: Refusal }> {
  // With its length told, the body needs no counting while it is read: the server reads no more than that.
  const told = Number(request.headers.get('content-length') ?? Number.NaN);
  if (told <= BODY_LIMIT_BYTES) return parseEvaluationRequest(await request.text());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > BODY_LIMIT_BYTES) {
      await reader?.cancel();
      return {
        problem: {
          errorCode: 'GENERAL',
          errorDetails: `The body may have at most ${BODY_LIMIT_BYTES} bytes.`,
        },
      };
    }
    chunks.push(part.value);
  }
  return parseEvaluationRequest(Buffer.concat(chunks).toString('utf8'));
}

/** The flags as they are now, at least as new as the newest that this client has seen, here or in another process. */
export async function flagsFor(request: Request) {
  const tags = [
    ...(request.headers.get('if-none-match')?.split(',') ?? []),
    ...(request.url.includes('flagConfigEtag=')
      ? new URL(request.url).searchParams.getAll('flagConfigEtag')
      : []),
  ];
  return await currentFlags(Math.max(0, ...tags.map((tag) => versionOfTag(tag) ?? 0)));
}
