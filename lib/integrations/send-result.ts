import { RedirectRefused } from './redirect-refused.ts';

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
  // No handshake, so nothing was said.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** A request that threw: never sent and safe to repeat, sent and of unknown fate, or sent on to a stranger. */
export function resultOfNetworkError(error: unknown): SendResult {
  const message = error instanceof Error ? error.message : String(error);
  const refused = causes(error).find((each) => each instanceof RedirectRefused);
  if (refused) return { outcome: 'failed', error: refused.message, httpStatus: null };
  const code = codeOf(error);
  const shown = code ? `${message} (${code})` : message;
  return code !== null && NEVER_SENT.has(code)
    ? { outcome: 'retry', error: shown, httpStatus: null, retryAfterSeconds: null }
    : { outcome: 'unknown', error: shown };
}

function codeOf(error: unknown): string | null {
  for (const each of causes(error))
    if ('code' in each && typeof each.code === 'string' && !each.code.startsWith('slack_')) return each.code;
  return null;
}

/** An error and what it came from, however it was wrapped. */
function causes(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const from =
    error instanceof AggregateError
      ? error.errors[0]
      : 'original' in error && error.original instanceof Error
        ? error.original
        : error.cause;
  return [error, ...causes(from, depth + 1)];
}

/** Seconds of a Retry-After header, as a number or a date; null without one that can be read. */
export function retryAfterSeconds(header: string | null | undefined, now: Date): number | null {
  if (!header) return null;
  if (/^\d{1,7}$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
