import { describe, expect, it } from 'vitest';
import { apiKeyHash, isApiKeyShaped, newApiKey } from './api-key-format.ts';
import { hasKeyInAddress } from './key-in-address.ts';

describe('API keys', () => {
  it.each([
    [['ingest:events'], 'i'],
    [['read:flags', 'read:metrics'], 'r'],
    [['write:rollback'], 'w'],
    [['act:as-owner'], 'p'],
    [['ingest:events', 'read:flags'], 'm'],
  ] as const)('made for %j start with pg_%s_', (scopes, letter) => {
    const { key, prefix, sha256 } = newApiKey(scopes);
    expect(key).toMatch(new RegExp(`^pg_${letter}_[A-Za-z0-9_-]{43}[0-9a-f]{8}$`));
    expect(key.startsWith(prefix)).toBe(true);
    expect(prefix).toHaveLength(11);
    expect(sha256).toBe(apiKeyHash(key));
    expect(isApiKeyShaped(key)).toBe(true);
  });

  it('show a typing error in any character without a database', () => {
    const { key } = newApiKey(['ingest:events'], (size) => Buffer.alloc(size, 7));
    for (let at = 5; at < key.length; at += 1) {
      const other = key[at] === '0' ? '1' : '0';
      expect(isApiKeyShaped(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }
  });

  it('are nothing else', () => {
    for (const text of [
      '',
      'pg_i_',
      `${newApiKey(['read:flags']).key} `,
      'ghp_abcdef',
      `pg_x_${'a'.repeat(51)}`,
    ]) {
      expect(isApiKeyShaped(text)).toBe(false);
    }
  });

  it('are noticed in an address', () => {
    // Bytes of ones are underscores all over, which an address may hold escaped.
    const { key } = newApiKey(['act:as-owner'], (size) => Buffer.alloc(size, 0xff));
    expect(key).toContain('_____');
    expect(hasKeyInAddress(`/api/v1/overview?key=${key}`)).toBe(true);
    expect(hasKeyInAddress(`/api/v1/overview?key=${key.replaceAll('_', '%5F')}`)).toBe(true);
    expect(hasKeyInAddress(`/api/v1/keys/${key.slice(0, 30)}`)).toBe(true);
    expect(hasKeyInAddress(`/api/v1/overview?prefix=${key.slice(0, 11)}`)).toBe(false);
  });
});
