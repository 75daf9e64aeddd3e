import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ApiScope } from './scopes.ts';

const SECRET_BYTES = 32;
const KEY_PATTERN = /^pg_([irwmp])_([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;
/** How much of a key may be shown later: enough to tell keys apart, far too little to guess one. */
const PREFIX_LENGTH = 11;

export type NewApiKey = { key: string; prefix: string; sha256: string };

/**
 * Makes a key: `pg_<letter>_` + 32 random bytes (base64url) + CRC-32 of what stands before it. The letter says what
 * the key is for (i ingest, r read, w write, m several, p acts as a
 * person); the checksum tells a typing error, and a secret scanner,
 * without asking the database.
 */
export function newApiKey(
  scopes: readonly ApiScope[],
  random: (size: number) => Buffer = randomBytes,
): NewApiKey {
  const body = `pg_${scopeLetter(scopes)}_${random(SECRET_BYTES).toString('base64url')}`;
  const key = `${body}${checksum(body)}`;
  return { key, prefix: key.slice(0, PREFIX_LENGTH), sha256: apiKeyHash(key) };
}

/** Whether the text has the form and the checksum of one of our keys; says nothing about its being valid. */
export function isApiKeyShaped(text: string): boolean {
  const match = KEY_PATTERN.exec(text);
  return match !== null && checksum(text.slice(0, -8)) === match[3];
}

/** What is stored instead of the key: 32 random bytes need no slow hash. */
export function apiKeyHash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}

function scopeLetter(scopes: readonly ApiScope[]): 'i' | 'r' | 'w' | 'm' | 'p' {
  const kinds = new Set(scopes.map((scope) => scope.split(':')[0]));
  if (kinds.size !== 1) return 'm';
  if (kinds.has('act')) return 'p';
  if (kinds.has('ingest')) return 'i';
  return kinds.has('read') ? 'r' : 'w';
}
