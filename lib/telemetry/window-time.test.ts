import { describe, expect, it } from 'vitest';
import { calendarDate, calendarDay, parseTimestamp, windowStart, windowsBetween } from './index.ts';

const iso = (date: Date) => date.toISOString();

describe('windows of time', () => {
  it.each([
    ['2026-11-21T11:44:59.999Z', '2026-11-21T11:30:00.000Z'],
    ['2026-11-21T11:45:00.000Z', '2026-11-21T11:45:00.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:45:00.000Z'],
  ])('%s lies in the window that starts at %s [ANA-2]', (at, start) => {
    expect(iso(windowStart(new Date(at), 900))).toBe(start);
  });

  it('lists half-open windows that touch a span, oldest first [ANA-2]', () => {
    const windows = [
      ...windowsBetween(new Date('2026-11-21T11:50:00Z'), new Date('2026-11-21T12:15:00Z'), 900),
    ];
    expect(windows.map((window) => iso(window.start))).toEqual([
      '2026-11-21T11:45:00.000Z',
      '2026-11-21T12:00:00.000Z',
    ]);
  });

  it.each([
    [
      '2026-11-21T14:59:59.999Z',
      'Asia/Tokyo',
      '2026-11-20T15:00:00.000Z',
      '2026-11-21T15:00:00.000Z',
      '2026-11-21',
    ],
    [
      '2026-11-21T15:00:00.000Z',
      'Asia/Tokyo',
      '2026-11-21T15:00:00.000Z',
      '2026-11-22T15:00:00.000Z',
      '2026-11-22',
    ],
    [
      '2028-02-28T15:00:00.000Z',
      'Asia/Tokyo',
      '2028-02-28T15:00:00.000Z',
      '2028-02-29T15:00:00.000Z',
      '2028-02-29',
    ],
    [
      '2026-12-31T15:00:00.000Z',
      'Asia/Tokyo',
      '2026-12-31T15:00:00.000Z',
      '2027-01-01T15:00:00.000Z',
      '2027-01-01',
    ],
    [
      '2026-03-29T12:00:00.000Z',
      'Europe/Berlin',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      '2026-03-29',
    ],
  ])('the day of %s in %s is [%s, %s) [REP-6]', (at, zone, start, end, date) => {
    const day = calendarDay(new Date(at), zone);
    expect([iso(day.start), iso(day.end)]).toEqual([start, end]);
    expect(calendarDate(new Date(at), zone)).toBe(date);
  });
});

describe('a timestamp', () => {
  it.each<[string, string | null]>([
    ['2026-11-21T11:30:00Z', '2026-11-21T11:30:00.000Z'],
    ['2026-11-21T11:30:00.123456789Z', '2026-11-21T11:30:00.123Z'],
    ['2026-11-21t20:30:00.5+09:00', '2026-11-21T11:30:00.500Z'],
    ['2026-11-21T00:30:00-11:45', '2026-11-21T12:15:00.000Z'],
    ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['2026-02-29T00:00:00Z', null],
    ['2026-13-01T00:00:00Z', null],
    ['2026-00-01T00:00:00Z', null],
    ['2026-11-21T24:00:00Z', null],
    ['2026-11-21T11:60:00Z', null],
    ['2026-11-21T11:30:00', null],
    ['2026-11-21', null],
    ['2026-11-21 11:30:00Z', null],
    ['2026-11-21T11:30:00+24:00', null],
    ['+002026-11-21T11:30:00Z', null],
    ['', null],
  ])('%s is read as %s [TEL-10]', (text, expected) => {
    const ms = parseTimestamp(text);
    expect(ms === null ? null : iso(new Date(ms))).toBe(expected);
  });
});
