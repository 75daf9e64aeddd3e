/** Every way a request can fail that its sender may know about. lib/http maps each to one HTTP status. */
export const APP_ERROR_CODES = [
  'VALIDATION',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'PRECONDITION_FAILED',
  'TOO_LARGE',
  'UNSUPPORTED_MEDIA',
  'UNPROCESSABLE',
  'TOO_MANY_REQUESTS',
  'UPSTREAM',
  'UNAVAILABLE',
  'INTERNAL',
] as const;
export type AppErrorCode = (typeof APP_ERROR_CODES)[number];

/** One field of the input and what is wrong with it; `field` is a dotted path, '' for the whole. */
export type FieldIssue = { field: string; message: string };

type AppErrorOptions = {
  /** A stable name for programs and translations, such as `last_admin`. */
  reason?: string;
  issues?: readonly FieldIssue[];
  retryAfterSeconds?: number;
  cause?: unknown;
};

/**
 * A failure whose message may be shown to whoever asked. Anything else that is thrown is a mistake of ours:
 * it is logged and answered with INTERNAL and no detail.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  readonly reason: string | undefined;
  readonly issues: readonly FieldIssue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: AppErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
