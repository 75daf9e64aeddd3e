/**
 * What became of one attempt to tell an outside system something. `unknown`: it may have arrived (a timeout, a reset or a
 * server's error after sending, an answer that cannot be read); it is observed before it is sent again, never sent blindly.
 */
export type SendResult =
  | { outcome: 'delivered'; ref: Record<string, string>; httpStatus: number | null }
  | { outcome: 'retry'; error: string; httpStatus: number | null; retryAfterSeconds: number | null }
  | { outcome: 'failed'; error: string; httpStatus: number | null }
  | { outcome: 'unknown'; error: string; httpStatus?: number; retryAfterSeconds?: number | null };

/** What a look at the other side found of something that was sent before. */
export type Observation =
  | { found: true; ref: Record<string, string> }
  | { found: false }
  | { found: 'cannot_tell' };

const RETRYABLE_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whether a status may be different at another time. */
export function isRetryable(httpStatus: number): boolean {
  return RETRYABLE_STATUS.has(httpStatus) || httpStatus > 504;
}

/** Whether a status leaves open if the request was carried out: a server or gateway that failed may have done so after. */
export function isAmbiguous(httpStatus: number): boolean {
  return httpStatus >= 500 || httpStatus === 408;
}

const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A request that threw: never sent and safe to repeat, or sent and of unknown fate. */
export function resultOfNetworkError(error: unknown): SendResult {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const shown = code ? `${message} (${code})` : message;
  return code !== null && NEVER_SENT.has(code)
    ? { outcome: 'retry', error: shown, httpStatus: null, retryAfterSeconds: null }
    : { outcome: 'unknown', error: shown };
}

function codeOf(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string' && !at.code.startsWith('slack_')) return at.code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
    if ('original' in at && at.original instanceof Error) return codeOf(at.original);
  }
  return null;
}

/** Seconds of a Retry-After header, as a number or a date; null without one that can be read. */
export function retryAfterSeconds(header: string | null | undefined, now: Date): number | null {
  if (!header) return null;
  if (/^\d{1,7}$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
