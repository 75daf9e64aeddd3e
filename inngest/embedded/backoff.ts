import { createHash } from 'node:crypto';

/** How long to wait between attempts. Milliseconds. */
export type BackoffSettings = { baseMs: number; maxMs: number };

/**
 * The wait before attempt `attempt` (1 = first retry): doubles from `baseMs` to at most `maxMs`, spread by ±20 % by
 * `seed` so that runs which failed together do not return together.
 */
export function backoffMs(attempt: number, seed: string, { baseMs, maxMs }: BackoffSettings): number {
  const plain = Math.min(maxMs, baseMs * 2 ** Math.max(0, attempt - 1));
  const spread = createHash('sha256').update(`${seed}:${attempt}`).digest().readUInt16BE(0) / 0xffff;
  return Math.round(plain * (0.8 + 0.4 * spread));
}

/** The wait that a Retry-After header asks for: seconds, an RFC 3339 date or an HTTP date; undefined when unreadable. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
