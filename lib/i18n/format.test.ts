import { describe, expect, it } from 'vitest';
import {
  chooseLocale,
  chooseZone,
  formatAgainst,
  formatAge,
  formatDay,
  formatInstant,
  formatLimit,
  formatMetric,
  formatMonth,
  formatSpan,
  formatWindow,
} from './index.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the language of a reader [DASH-6]', () => {
  it.each<[string | undefined, string | null, string, string]>([
    ['en', 'ja', 'en', 'the cookie wins'],
    [undefined, 'en-GB,ja;q=0.5', 'en', 'the heavier wish wins'],
    [undefined, 'fr, ja;q=0.2, en;q=0.8', 'en', 'languages we lack are passed over'],
    [undefined, 'fr', 'ja', 'Japanese is the default'],
    [undefined, null, 'ja', 'no header'],
    ['xx', ';;q=,', 'ja', 'nonsense counts as nothing'],
    [undefined, 'en;q=0', 'ja', 'a weight of zero is a refusal'],
  ])('cookie %s, header %s: %s (%s)', (cookie, header, expected) => {
    expect(chooseLocale(cookie, header)).toBe(expected);
  });

  it('shows Japanese time unless UTC was chosen', () => {
    expect(chooseZone(undefined)).toBe('Asia/Tokyo');
    expect(chooseZone('UTC')).toBe('UTC');
    expect(chooseZone('Mars/Base')).toBe('Asia/Tokyo');
  });
});

describe('times [DASH-6]', () => {
  it('crosses midnight at 15:00 UTC in Japan', () => {
    expect(formatInstant('2026-11-21T14:59:59Z', 'dayTime', 'ja', 'Asia/Tokyo')).toBe('11/21 23:59');
    expect(formatInstant('2026-11-21T15:00:00Z', 'dayTime', 'ja', 'Asia/Tokyo')).toBe('11/22 00:00');
    expect(formatInstant('2026-11-21T15:00:00Z', 'dayTime', 'en', 'UTC')).toBe('21 Nov, 15:00');
  });

  it('names the day of a window that ends on the next one', () => {
    expect(formatWindow('2026-11-21T05:00:00Z', '2026-11-21T05:15:00Z', 'ja', 'Asia/Tokyo')).toBe(
      '11/21 14:00–14:15',
    );
    expect(formatWindow('2026-11-21T14:45:00Z', '2026-11-21T15:00:00Z', 'ja', 'Asia/Tokyo')).toBe(
      '11/21 23:45–11/22 00:00',
    );
  });

  it.each([
    [0, '0 秒', '0 s'],
    [59, '59 秒', '59 s'],
    [3600, '1 時間', '1 h'],
    [8100, '2 時間 15 分', '2 h 15 min'],
    [86_400, '24 時間', '24 h'],
    [172_800, '2 日', '2 d'],
    [270_000, '3 日 3 時間', '3 d 3 h'],
  ])('writes %i seconds', (seconds, ja, en) => {
    expect([formatSpan(seconds, 'ja'), formatSpan(seconds, 'en')]).toEqual([ja, en]);
  });

  it('names months and days of the calendar, whatever the zone of the machine', () => {
    expect([formatMonth('2026-10', 'ja'), formatMonth('2026-10', 'en')]).toEqual([
      '2026年10月',
      'October 2026',
    ]);
    expect([formatDay('2026-10-03', 'ja'), formatDay('2026-10-03', 'en')]).toEqual(['10/3', '3 Oct']);
    expect(formatInstant('2026-10-31T15:00:00Z', 'minute', 'ja', 'Asia/Tokyo')).toBe('2026/11/1 00:00');
  });

  it('never says that something will have happened', () => {
    const now = Date.parse('2026-11-21T05:00:00Z');
    expect(formatAge('2026-11-21T04:57:00Z', now, 'ja')).toBe('3 分前');
    expect(formatAge('2026-11-21T05:00:09Z', now, 'ja')).toBe('0 秒前');
  });
});

describe('values', () => {
  it('writes units', () => {
    expect(plain(formatMetric(1842.4, 'ms', 'ja'))).toBe('1,842 ms');
    expect(plain(formatMetric(0.99621, 'ratio', 'en'))).toBe('99.62 %');
    expect(plain(formatMetric(3, 'count', 'ja'))).toBe('3');
    expect(plain(formatLimit(0.995, 'ratio', 'ja'))).toBe('99.5 %');
  });

  it('never rounds a missed limit into a met one', () => {
    expect(plain(formatAgainst(0.994996, 0.995, 'ratio', 'en'))).toBe('99.4996 %');
    expect(plain(formatAgainst(2500.4, 2500, 'ms', 'en'))).toBe('2,500.4 ms');
    expect(plain(formatAgainst(0.995, 0.995, 'ratio', 'en'))).toBe('99.50 %');
    expect(plain(formatAgainst(2501, 2500, 'ms', 'en'))).toBe('2,501 ms');
  });
});
