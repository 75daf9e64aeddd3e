import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { env, log } from '#lib/config/server.ts';
import { explainTrouble } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import {
  type Actor,
  type ApiScope,
  can,
  clientAddress,
  crossSiteRefusal,
  hasKeyInAddress,
  PERSONAL_SCOPE,
  type ProgramScope,
} from '#lib/identity/index.ts';
import { authenticateApiKey, authenticateSession, personOfKey } from '#lib/identity/server.ts';
import type { Permission, Policy } from '#lib/policy/index.ts';
import { loadPolicy, recentPolicy } from '#lib/policy/server.ts';
import { fixedWindowLimiter, type Limiter } from '#lib/rate-limit/index.ts';
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
  /** A signed-in person whose role has `permission` (default: view): for what no key may do, such as making keys. */
  | { auth: A & 'session'; permission?: Permission; scopes?: never }
  /** A program whose key has all of `scopes`. */
  | { auth: A & 'api_key'; permission?: never; scopes: readonly [ProgramScope, ...ProgramScope[]] }
  /** A program whose key has all of `scopes`, or a person as with `person`. */
  | { auth: A & 'either'; permission?: Permission; scopes: readonly [ProgramScope, ...ProgramScope[]] };

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
  /** A limit of policy, per actor, or per address where nobody is signed in; per process. */
  rateLimit?: keyof Policy['limits'];
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
 * (RFC 9457): an AppError with its message, a database that is busy or away as 503, anything else as 500 with a request id and no detail. Never cached.
 */
export function route<
  A extends Auth,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | 'stream' | undefined = undefined,
>(options: RouteOptions<A, P, Q, B>): RouteHandler {
  const limiter = fixedWindowLimiter();
  return async (request, context) => {
    const now = new Date();
    const requestId = randomUUID();
    try {
      refuseKeyInAddress(request);
      const admitted = await admit(options, request, now);
      const { actor } = admitted;
      if (options.rateLimit)
        await countRequest(limiter, options.rateLimit, actor?.id ?? clientAddress(request.headers), now);
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
        trigger: admitted.through === 'key' ? keyTrigger(request.headers) : ('button' as const),
        now,
      };
      // The parts were parsed with the very schemas the type is made of; TypeScript cannot follow that.
      return answer(await options.run(input as RouteInput<A, P, Q, B>), requestId);
    } catch (thrown) {
      const error = explainTrouble(thrown);
      const { pathname } = new URL(request.url);
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

type Asked = {
  auth: Auth;
  permission?: Permission;
  scopes?: readonly ProgramScope[];
  keyMaxAgeMs?: number;
};

type Admitted = { actor: Actor | null; through: 'session' | 'key' | 'nothing' };

async function countRequest(
  limiter: Limiter,
  name: keyof Policy['limits'],
  caller: string,
  now: Date,
): Promise<void> {
  const { policy } = await recentPolicy();
  const decision = limiter.take(caller, now, policy.limits[name]);
  if (decision.allowed) return;
  const { retryAfterSeconds } = decision;
  throw new AppError('TOO_MANY_REQUESTS', `Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
}

async function admit(access: Asked, request: Request, now: Date): Promise<Admitted> {
  const { auth } = access;
  const presentsKey = request.headers.has('authorization') || request.headers.has('x-api-key');
  if (auth === 'public') {
    refuseCrossSite(request, false);
    return { actor: null, through: 'nothing' };
  }
  if (auth === 'api_key' || (presentsKey && auth !== 'session')) {
    return { actor: await admitKey(access, request, presentsKey, now), through: 'key' };
  }
  // Without a cookie nobody speaks, wherever the request comes from.
  if (request.headers.has('cookie')) refuseCrossSite(request, true);
  const person = await authenticateSession(request.headers, now);
  if (!person) throw new AppError('UNAUTHENTICATED', 'Sign in first.', { reason: 'session_missing' });
  await requirePermission(person, access.permission);
  return { actor: person, through: 'session' };
}

/** Whoever a key speaks for: the person it belongs to where the route is for people, else a program with the scopes. */
async function admitKey(access: Asked, request: Request, presentsKey: boolean, now: Date): Promise<Actor> {
  const holder = await authenticateApiKey(request.headers, now, access.keyMaxAgeMs);
  if (!holder) throw keyInvalid(presentsKey);
  if (access.auth !== 'api_key' && holder.scopes.includes(PERSONAL_SCOPE)) {
    const person = await personOfKey(holder.id, now);
    if (!person) throw keyInvalid(true);
    await requirePermission(person, access.permission);
    return person;
  }
  const needed: readonly ApiScope[] = access.scopes ?? [PERSONAL_SCOPE];
  const missing = needed.filter((scope) => !holder.scopes.includes(scope));
  if (missing.length > 0) {
    throw new AppError('FORBIDDEN', `This API key lacks the scope ${missing.join(', ')}.`, {
      reason: 'scope_missing',
    });
  }
  return holder;
}

function keyInvalid(presented: boolean): AppError {
  return new AppError('UNAUTHENTICATED', 'Present a valid API key: Authorization: Bearer pg_…', {
    reason: presented ? 'api_key_invalid' : 'api_key_missing',
  });
}

async function requirePermission(person: Actor, permission: Permission = 'view'): Promise<void> {
  const { policy } = await loadPolicy();
  if (can(person, permission, policy)) return;
  throw new AppError('FORBIDDEN', `None of your roles has the permission ${permission}.`, {
    reason: 'permission_missing',
  });
}

/** Our own command says so; that is for the record and decides nothing. */
function keyTrigger(headers: Headers): 'api' | 'cli' {
  return headers.get('x-phasegate-client') === 'cli' ? 'cli' : 'api';
}

/** Addresses end up in logs and histories: a key in one is refused even where it would not be read. */
function refuseKeyInAddress(request: Request): void {
  if (!hasKeyInAddress(request.url)) return;
  throw new AppError(
    'VALIDATION',
    'A key must never stand in an address. Revoke this one, and send its heir as a header.',
    {
      reason: 'key_in_address',
    },
  );
}

function refuseCrossSite(request: Request, originRequired: boolean): void {
  const refusal = crossSiteRefusal(request.method, request.headers, env().appUrl, originRequired);
  if (refusal)
    throw new AppError('FORBIDDEN', 'This request does not come from Phasegate itself.', { reason: refusal });
}

function answer(result: unknown, requestId: string): Response {
  const response =
    result instanceof Response
      ? result
      : result === undefined
        ? new Response(null, { status: 204 })
        : Response.json(result);
  if (!response.headers.has('Cache-Control')) response.headers.set('Cache-Control', 'no-store');
  response.headers.set('X-Request-Id', requestId);
  return response;
}
