import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { env, log } from '#lib/config/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { type Actor, type ApiScope, can, clientAddress, crossSiteRefusal } from '#lib/identity/index.ts';
import { authenticateApiKey, authenticateSession } from '#lib/identity/server.ts';
import type { Permission } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { fixedWindowLimiter, type Limit } from '#lib/rate-limit/index.ts';
import { parseInput, queryObject, readJsonBody } from './parse-request.ts';
import { type Problem, problemOf, problemResponse } from './problem.ts';

const DEFAULT_BODY_LIMIT_BYTES = 65_536;

type RouteContext = { params: Promise<unknown> };
export type RouteHandler = (request: Request, context: RouteContext) => Promise<Response>;

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

type Access<A> =
  /** Anybody, for example a health check. */
  | { auth: A & 'public'; permission?: never; scopes?: never }
  /** A person, signed in or through a key of their own, whose role has `permission` (default: view). */
  | { auth: A & 'person'; permission?: Permission; scopes?: never }
  /** A signed-in person whose role has `permission` (default: view). */
  | { auth: A & 'session'; permission?: Permission; scopes?: never }
  /** A program whose key has all of `scopes`. */
  | { auth: A & 'api_key'; permission?: never; scopes: readonly [ApiScope, ...ApiScope[]] }
  /** Either of the two. */
  | { auth: A & 'either'; permission?: Permission; scopes: readonly [ApiScope, ...ApiScope[]] };

type Auth = 'public' | 'session' | 'person' | 'api_key' | 'either';

export type RouteInput<A extends Auth, P, Q, B> = {
  actor: A extends 'public' ? null : Actor;
  params: Output<P>;
  query: Output<Q>;
  /** Parsed JSON, or undefined: `request.body` is untouched with `body: 'stream'` and without a schema. */
  body: Output<B>;
  request: Request;
  requestId: string;
  /** Through what a person acts; kept with what they do. */
  trigger: 'button' | 'api' | 'cli';
  now: Date;
};

type RouteOptions<A extends Auth, P, Q, B> = Access<A> & {
  params?: P;
  query?: Q;
  body?: B;
  bodyLimitBytes?: number;
  /** Per actor, or per address where nobody is signed in; per process. */
  rateLimit?: Limit;
  /** For busy programs: how old the answer to "does this API key count" may be. 0 (the default): asked every time. */
  keyMaxAgeMs?: number;
  /** Another protocol's say over an error answer, for its own form of body or headers. */
  onProblem?: (problem: Problem, response: Response) => Response;
  run: (input: RouteInput<A, P, Q, B>) => Promise<unknown>;
};

/**
 * The one way to make an API route. In this order: who is it (401), may they (403), does the request come from our own
 * pages where a cookie speaks (403), is it within its limit (429), does its input parse (400, 404 for the path, 413) —
 * then `run`. What `run` returns is answered as JSON, nothing as 204, a Response as it is. Errors become problem+json
 * (RFC 9457): an AppError with its message, anything else as 500 with a request id and no detail. Never cached.
 */
export function route<
  A extends Auth,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | 'stream' | undefined = undefined,
>(options: RouteOptions<A, P, Q, B>): RouteHandler {
  const limiter = options.rateLimit ? fixedWindowLimiter(options.rateLimit) : null;
  return async (request, context) => {
    const now = new Date();
    const requestId = randomUUID();
    const { pathname } = new URL(request.url);
    try {
      const actor = await admit(options, request, now);
      const decision = limiter?.take(actor?.id ?? clientAddress(request.headers), now);
      if (decision?.allowed === false) {
        throw new AppError('TOO_MANY_REQUESTS', `Try again in ${decision.retryAfterSeconds} s.`, {
          retryAfterSeconds: decision.retryAfterSeconds,
        });
      }
      const { params, query, body } = options;
      const input = {
        actor,
        params: params && parseInput(params, await context.params, 'path', 'NOT_FOUND'),
        query: query && parseInput(query, queryObject(request.url), 'query'),
        body:
          body && body !== 'stream'
            ? parseInput(
                body,
                await readJsonBody(request, options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES),
                'body',
              )
            : undefined,
        request,
        requestId,
        trigger: 'button' as const,
        now,
      };
      // The parts were parsed with the very schemas the type is made of; TypeScript cannot follow that.
      return answer(await options.run(input as RouteInput<A, P, Q, B>), requestId);
    } catch (error) {
      const problem = problemOf(error, pathname, requestId);
      if (problem.status >= 500) {
        log('http').error(
          { err: error, requestId, method: request.method, path: pathname },
          'request failed',
        );
      }
      const response = problemResponse(
        problem,
        error instanceof AppError ? error.retryAfterSeconds : undefined,
      );
      return options.onProblem?.(problem, response) ?? response;
    }
  };
}

async function admit(
  access: { auth: Auth; permission?: Permission; scopes?: readonly ApiScope[]; keyMaxAgeMs?: number },
  request: Request,
  now: Date,
): Promise<Actor | null> {
  const { auth } = access;
  const presentsKey = request.headers.has('authorization') || request.headers.has('x-api-key');
  if (auth === 'public') {
    refuseCrossSite(request, false);
    return null;
  }
  if (auth === 'api_key' || (auth === 'either' && presentsKey)) {
    const program = await authenticateApiKey(request.headers, now, access.keyMaxAgeMs);
    if (!program) {
      throw new AppError('UNAUTHENTICATED', 'Present a valid API key: Authorization: Bearer pg_…', {
        reason: presentsKey ? 'api_key_invalid' : 'api_key_missing',
      });
    }
    const missing = (access.scopes ?? []).filter((scope) => !program.scopes.includes(scope));
    if (missing.length > 0) {
      throw new AppError('FORBIDDEN', `This API key lacks the scope ${missing.join(', ')}.`, {
        reason: 'scope_missing',
      });
    }
    return program;
  }
  refuseCrossSite(request, true);
  const person = await authenticateSession(request.headers, now);
  if (!person) throw new AppError('UNAUTHENTICATED', 'Sign in first.', { reason: 'session_missing' });
  const permission = access.permission ?? 'view';
  const { policy } = await loadPolicy();
  if (!can(person, permission, policy)) {
    throw new AppError('FORBIDDEN', `None of your roles has the permission ${permission}.`, {
      reason: 'permission_missing',
    });
  }
  return person;
}

function refuseCrossSite(request: Request, originRequired: boolean): void {
  const refusal = crossSiteRefusal(request.method, request.headers, env().appUrl, originRequired);
  if (refusal)
    throw new AppError('FORBIDDEN', 'This request does not come from Phasegate itself.', { reason: refusal });
}

function answer(result: unknown, requestId: string): Response {
  const response =
    result instanceof Response
      ? new Response(result.body, result)
      : result === undefined
        ? new Response(null, { status: 204 })
        : Response.json(result);
  if (!response.headers.has('Cache-Control')) response.headers.set('Cache-Control', 'no-store');
  response.headers.set('X-Request-Id', requestId);
  return response;
}
