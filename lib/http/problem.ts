import { AppError, type AppErrorCode, type FieldIssue } from '#lib/errors/index.ts';

/** The one place where an error code becomes an HTTP status (RFC 9110) and a title. */
export const PROBLEMS = {
  VALIDATION: { status: 400, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'Sign in or present an API key' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  CONFLICT: { status: 409, title: 'Not possible as things stand now' },
  PRECONDITION_FAILED: { status: 412, title: 'A condition for this is not met' },
  TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA: { status: 415, title: 'This kind of content is not accepted' },
  UNPROCESSABLE: { status: 422, title: 'The content cannot be processed' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  UPSTREAM: { status: 502, title: 'Another system did not answer as it should' },
  UNAVAILABLE: { status: 503, title: 'Not available at the moment' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<AppErrorCode, { status: number; title: string }>;

/** An error answer (RFC 9457). `errors` lists fields; `reason` is a stable name for programs. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: AppErrorCode;
  requestId: string;
  reason?: string;
  errors?: readonly FieldIssue[];
};

/**
 * What a client may know about an error. An AppError says its message; INTERNAL and everything unknown says only the
 * request id under which the log has the rest.
 */
export function problemOf(error: unknown, instance: string, requestId: string): Problem {
  const known = error instanceof AppError && error.code !== 'INTERNAL' ? error : null;
  const code = known?.code ?? 'INTERNAL';
  return {
    type: `urn:phasegate:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: PROBLEMS[code].title,
    status: PROBLEMS[code].status,
    detail: known?.message ?? `The log has more under request ${requestId}.`,
    instance,
    code,
    requestId,
    ...(known?.reason === undefined ? {} : { reason: known.reason }),
    ...(known && known.issues.length > 0 ? { errors: known.issues } : {}),
  };
}

/** The answer itself: problem+json, never cached. */
export function problemResponse(problem: Problem, retryAfterSeconds?: number): Response {
  const headers = new Headers({
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    'X-Request-Id': problem.requestId,
  });
  if (retryAfterSeconds !== undefined) headers.set('Retry-After', String(retryAfterSeconds));
  if (problem.status === 401) headers.set('WWW-Authenticate', 'Bearer realm="phasegate"');
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
