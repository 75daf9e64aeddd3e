import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type CallOutcome, readAnswer, stepError } from './answer.ts';
import { canonicalJson } from './canonical-json.ts';
import { isSignedBy, signBody } from './signature.ts';

/** Where the SDK is served. */
const SERVE_PATH = '/api/inngest';
/** An answer longer than this is not read to its end. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export type AppAddress = { appUrl: string; signingKey: string };

export type AppAnswer = {
  status: number;
  headers: Record<string, string | undefined>;
  body: string;
  signed: boolean;
};

/** The app could not be connected to: nothing of the request reached it. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/**
 * Sends a signed request to the app's Inngest endpoint. A connection of its own for each call: whether the app has seen
 * a request is then never in doubt. Errors: UnreachableError before the connection stood; any other error after it.
 */
export function requestApp(
  app: AppAddress,
  options: {
    method: 'POST' | 'PUT';
    query: Record<string, string>;
    body: unknown;
    headers?: Record<string, string>;
    timeoutMs: number;
    signal?: AbortSignal;
  },
): Promise<AppAnswer> {
  const url = new URL(SERVE_PATH, app.appUrl);
  for (const [name, value] of Object.entries(options.query)) url.searchParams.set(name, value);
  const body = canonicalJson(options.body);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let connected = false;
    const request = send(url, {
      method: options.method,
      agent: false,
      timeout: options.timeoutMs,
      ...(options.signal ? { signal: options.signal } : {}),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-inngest-signature': signBody(body, app.signingKey, new Date()),
        'x-inngest-server-kind': 'cloud',
        ...options.headers,
      },
    });
    const fail = (cause: Error) =>
      reject(connected ? cause : new UnreachableError(`${url.origin}: ${cause.message}`, { cause }));
    request.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${options.timeoutMs} ms`)));
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES)
          response.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`));
      });
      response.on('error', fail);
      response.on('aborted', () => fail(new Error('the connection ended before the answer was complete')));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const headers = singleHeaders(response.headers);
        const signed = isSignedBy(app.signingKey, headers['x-inngest-signature'], text, new Date());
        resolve({ status: response.statusCode ?? 0, headers, body: text, signed });
      });
    });
    request.end(body);
  });
}

function singleHeaders(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** Calls a function, or one step of it, and reads what it came to. Never throws for what the app or the network does. */
export async function callFunction(
  app: AppAddress,
  call: { functionId: string; stepId: string | null; body: unknown; timeoutMs: number; signal: AbortSignal },
): Promise<CallOutcome> {
  try {
    const answer = await requestApp(app, {
      method: 'POST',
      query: { fnId: call.functionId, stepId: call.stepId ?? 'step' },
      body: call.body,
      timeoutMs: call.timeoutMs,
      signal: call.signal,
    });
    return readAnswer(answer, new Date());
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof UnreachableError)
      return { kind: 'unreachable', error: stepError('AppUnreachable', message) };
    // The app may have done the work: this is an attempt.
    return {
      kind: 'rejected',
      error: stepError('ConnectionLost', message),
      retriable: true,
      retryAfterMs: undefined,
    };
  }
}
