import { hash } from 'node:crypto';

/** 48 bits of the hash: exact in a double, and finer than any share of users. */
const HEX_DIGITS = 12;
const BUCKETS = 2 ** (HEX_DIGITS * 4);

/**
 * Where somebody stands in the exposure of a flag: 0 ≤ position < 1, the same for ever and in every process. It does not
 * depend on the share, so that raising the share never turns the flag off for anybody. Different rollouts and flags
 * draw independently.
 */
export function exposurePosition(rolloutId: string, flagKey: string, targetingKey: string): number {
  const digest = hash('sha256', JSON.stringify([rolloutId, flagKey, targetingKey]), 'hex');
  return Number.parseInt(digest.slice(0, HEX_DIGITS), 16) / BUCKETS;
}
