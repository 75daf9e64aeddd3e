import { describe, expect, it } from 'vitest';
import { clientAddress, crossSiteRefusal, requestOrigin } from './request-origin.ts';

const APP = 'https://phasegate.example';

describe('the origin of a request', () => {
  it.each([
    [{ host: 'phasegate.example' }, APP],
    [{ host: '10.0.0.7:3000', 'x-forwarded-host': 'phasegate.example' }, APP],
    [{ host: 'localhost:3000' }, 'http://localhost:3000'],
    [{ host: '127.0.0.1:3000' }, 'http://127.0.0.1:3000'],
    [{ host: '[::1]:3000' }, 'http://[::1]:3000'],
    [{ host: 'other.example', 'x-forwarded-proto': 'https' }, 'https://other.example'],
    [{ host: 'localhost:3000', 'x-forwarded-host': 'evil.example' }, 'http://localhost:3000'],
    [{ host: 'evil.example/@x' }, null],
    [{}, null],
  ] as [Record<string, string>, string | null][])('with %j is %s', (headers, origin) => {
    expect(requestOrigin(new Headers(headers), APP)).toBe(origin);
  });

  it('comes from the address that the nearest proxy wrote', () => {
    expect(clientAddress(new Headers({ 'x-forwarded-for': '1.1.1.1, 2.2.2.2' }))).toBe('2.2.2.2');
    expect(clientAddress(new Headers())).toBe('unknown');
  });
});

describe('a change on behalf of a cookie', () => {
  const host = 'localhost:3000';
  it.each([
    ['our own page', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }, null],
    ['the configured address', { origin: APP }, null],
    ['no Origin at all', {}, 'origin_missing'],
    ['another site', { origin: 'http://evil.example' }, 'origin_not_allowed'],
    ['an opaque origin', { origin: 'null' }, 'origin_not_allowed'],
    ['another port of this host', { origin: 'http://localhost:3001' }, 'origin_not_allowed'],
    ['another scheme of this host', { origin: 'https://localhost:3000' }, 'origin_not_allowed'],
    ['our name with a tail', { origin: 'http://localhost:3000.evil.example' }, 'origin_not_allowed'],
    [
      'a forged X-Forwarded-Host that fits its Origin',
      { origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' },
      'origin_not_allowed',
    ],
    [
      'the right Origin, but the browser says cross-site',
      { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' },
      'cross_site',
    ],
  ] as [string, Record<string, string>, string | null][])('from %s: %j → %s', (_, headers, refusal) => {
    expect(crossSiteRefusal('POST', new Headers({ host, ...headers }), APP, true)).toBe(refusal);
  });

  it('without a cookie needs no Origin, but a wrong one still does not pass', () => {
    expect(crossSiteRefusal('POST', new Headers({ host }), APP, false)).toBeNull();
    expect(crossSiteRefusal('POST', new Headers({ host, origin: 'http://evil.example' }), APP, false)).toBe(
      'origin_not_allowed',
    );
  });

  it('is what every other method than reading is', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      expect(crossSiteRefusal(method, new Headers({ host }), APP, true)).toBeNull();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect(crossSiteRefusal(method, new Headers({ host }), APP, true)).toBe('origin_missing');
  });
});
