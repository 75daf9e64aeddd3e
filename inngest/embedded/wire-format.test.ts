import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { CronError, latestTick, nextTick } from './cron-schedule.ts';
import { bearerOf, checkSigningKey, isSignedBy, SigningKeyError, signBody } from './signature.ts';
import { parseWaitTime, waitEnd } from './time-string.ts';

const now = new Date('2026-11-21T10:07:30Z');

describe('canonical JSON (RFC 8785)', () => {
  it('sorts names by code unit and writes numbers and strings as ECMAScript does', () => {
    const value = { '\u20ac': 1e21, '\r': [56.0, null, true], '1': '\u000f"\\/', é: {}, a: undefined };
    expect(canonicalJson(value)).toBe('{"\\r":[56,null,true],"1":"\\u000f\\"\\\\/","é":{},"€":1e+21}');
  });
});

describe('signatures', () => {
  const key = 'signkey-prod-12345678';

  it('hashes the key as the specification shows', () => {
    expect(bearerOf(key)).toBe(
      'signkey-prod-b2ed992186a5cb19f6668aade821f502c1d00970dfd0e35128d51bac4649916c',
    );
  });

  it('accepts its own signature and neither another key, another body nor another time', () => {
    const signed = signBody('{"a":1}', key, now);
    expect(isSignedBy(key, signed, '{"a":1}', now)).toBe(true);
    expect(isSignedBy('signkey-prod-87654321', signed, '{"a":1}', now)).toBe(false);
    expect(isSignedBy(key, signed, '{"a":2}', now)).toBe(false);
    expect(isSignedBy(key, signed, '{"a":1}', new Date(now.getTime() + 301_000))).toBe(false);
    expect(isSignedBy(key, undefined, '{"a":1}', now)).toBe(false);
    expect(isSignedBy(key, 't=&s=', '{"a":1}', now)).toBe(false);
  });

  it('refuses a key that is not hexadecimal, whose hash the SDK would compute otherwise', () => {
    expect(checkSigningKey(key)).toBe(key);
    expect(() => checkSigningKey('signkey-prod-not hex')).toThrow(SigningKeyError);
    expect(() => checkSigningKey('abc')).toThrow(SigningKeyError);
  });
});

describe('time strings', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['1w2d', 777_600_000],
    ['1.5s', 1500],
    ['300ms', 300],
    ['', 0],
  ])('%j is %i ms', (text, ms) => {
    expect(waitEnd(parseWaitTime(text), now).getTime() - now.getTime()).toBe(ms);
  });

  it('takes a date as it is, and refuses anything else', () => {
    expect(waitEnd(parseWaitTime('2026-11-22T00:00:00.000Z'), now)).toEqual(new Date('2026-11-22T00:00:00Z'));
    for (const text of ['soon', '5', '5 m', '2026-13-01T00:00:00Z', '-5m']) {
      expect(() => parseWaitTime(text)).toThrow(RangeError);
    }
  });
});

describe('cron', () => {
  it('finds the newest tick and the next one, on a tick as well', () => {
    expect(latestTick('*/15 * * * *', now)).toEqual(new Date('2026-11-21T10:00:00Z'));
    expect(nextTick('*/15 * * * *', now)).toEqual(new Date('2026-11-21T10:15:00Z'));
    const onTick = new Date('2026-11-21T10:15:00.000Z');
    expect(latestTick('*/15 * * * *', onTick)).toEqual(onTick);
    expect(latestTick('*/15 * * * *', new Date(onTick.getTime() + 1))).toEqual(onTick);
    expect(latestTick('*/15 * * * *', new Date(onTick.getTime() - 1))).toEqual(
      new Date('2026-11-21T10:00:00Z'),
    );
    expect(nextTick('*/15 * * * *', onTick)).toEqual(new Date('2026-11-21T10:30:00Z'));
  });

  it('counts in UTC, or in the zone that the expression names', () => {
    expect(nextTick('0 9 * * *', now)).toEqual(new Date('2026-11-22T09:00:00Z'));
    expect(nextTick('TZ=Asia/Tokyo 0 9 * * *', now)).toEqual(new Date('2026-11-22T00:00:00Z'));
  });

  it.each(['* * * *', '* * * * * *', '61 * * * *', 'TZ=Nowhere/City 0 9 * * *', 'often'])(
    'refuses %j',
    (expression) => {
      expect(() => nextTick(expression, now)).toThrow(CronError);
    },
  );
});
