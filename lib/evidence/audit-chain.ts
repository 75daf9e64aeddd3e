import { createHash } from 'node:crypto';
import type { AuditEntry } from './audit-entry.schema.ts';

export const GENESIS_HASH = '0'.repeat(64);

export type ChainedEntry = AuditEntry & { prevHash: string; hash: string };

/** JSON with sorted keys, so that equal values always have equal bytes (RFC 8785 for the values used here). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value && typeof value === 'object')
    return `{${Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

/** SHA-256 over the hash before and the entry: changing, removing or swapping any row breaks every hash after it. */
export function entryHash(prevHash: string, entry: AuditEntry): string {
  const { seq, at, actorId, actorName, action, subject, reason, details } = entry;
  return createHash('sha256')
    .update(
      `${prevHash}\n${canonicalJson({ seq, at, actorId, actorName, action, subject, reason, details })}`,
    )
    .digest('hex');
}

export type ChainFault = { seq: number; fault: 'gap' | 'broken_link' | 'altered' };

/** Where a chain has been checked up to; begins with nothing. */
export type ChainPlace = { seq: number; hash: string };
export const CHAIN_BEGIN: ChainPlace = { seq: 0, hash: GENESIS_HASH };

/**
 * Goes on along a chain from `place` and names the first row that does not hold: a missing number, a link that does not
 * match the row before, or content that does not match its hash; else where it has come to. A chain may be checked in
 * pieces of whatever size. Pure.
 */
export function followChain(
  place: ChainPlace,
  entries: readonly ChainedEntry[],
): { fault: ChainFault } | { fault: null; place: ChainPlace } {
  let { seq, hash } = place;
  for (const entry of entries) {
    seq += 1;
    if (entry.seq !== seq) return { fault: { seq, fault: 'gap' } };
    if (entry.prevHash !== hash) return { fault: { seq, fault: 'broken_link' } };
    if (entry.hash !== entryHash(hash, entry)) return { fault: { seq, fault: 'altered' } };
    hash = entry.hash;
  }
  return { fault: null, place: { seq, hash } };
}

/** {@link followChain} over a whole chain; null: whole. An empty chain is whole. */
export function verifyChain(entries: readonly ChainedEntry[]): ChainFault | null {
  return followChain(CHAIN_BEGIN, entries).fault;
}
