import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type Freeze, parsePolicy } from '#lib/policy/index.ts';
import { freezeInForce } from './freeze-calendar.ts';

const read = (name: string) => ({ file: name, text: readFileSync(`governance/${name}`, 'utf8') });
const { policy } = parsePolicy({ policy: read('policy.yaml'), events: read('events.yaml') });
const label = { ja: '凍結', en: 'Freeze' };
const once = (from: string, to: string, more: Partial<Freeze> = {}): Freeze => ({
  id: 'once',
  label,
  period: { from, to },
  ...more,
});
const weekly = (from: string, to: string, more: Partial<Freeze> = {}): Freeze => ({
  id: 'weekly',
  label,
  period: { weekly: { from, to } },
  ...more,
});
/** The freeze in force at a local time of Tokyo, or of another zone. */
const at = (local: string, freezes: Freeze[], zone = 'Asia/Tokyo', rollout = 'autosave') =>
  freezeInForce(
    { ...policy, freezes },
    rollout,
    new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds),
  );
const utc = (text: string, freezes: Freeze[]) =>
  freezeInForce({ ...policy, freezes }, 'autosave', new Date(text));

describe('a freeze that happens once', () => {
  const days = [once('2026-12-28T18:00', '2027-01-04T09:00')];
  it.each([
    ['2026-12-28T17:59:59.999', false],
    ['2026-12-28T18:00', true],
    ['2027-01-04T08:59:59.999', true],
    ['2027-01-04T09:00', false],
  ])('at %s in the policy’s time zone: %s [PHA-3]', (local, holds) => {
    expect(at(local, days) !== null).toBe(holds);
  });

  it('is of its own time zone where it has one, and of its rollouts only', () => {
    const zoned = [
      once('2026-12-28T18:00', '2027-01-04T09:00', { timezone: 'America/New_York', rollouts: ['autosave'] }),
    ];
    expect(at('2026-12-28T18:00', zoned)).toBeNull();
    expect(at('2026-12-28T18:00', zoned, 'America/New_York')).toMatchObject({ id: 'once' });
    expect(at('2026-12-28T18:00', zoned, 'America/New_York', 'autosave-merge')).toBeNull();
  });

  it('names the one that ends last where several hold', () => {
    const both = [
      once('2026-12-01T00:00', '2026-12-03T00:00', { id: 'short' }),
      once('2026-12-02T00:00', '2026-12-05T00:00', { id: 'long' }),
    ];
    expect(at('2026-12-02T12:00', both)?.id).toBe('long');
    expect(at('2026-12-01T12:00', both)?.id).toBe('short');
    expect(at('2026-12-04T12:00', both.toReversed())?.id).toBe('long');
  });
});

describe('a freeze of every week', () => {
  // 2026-11-20 is a Friday.
  it.each([
    [
      'over the end of the week',
      'fri 18:00',
      'mon 09:00',
      ['2026-11-20T18:00', '2026-11-22T23:59', '2026-11-23T08:59'],
      ['2026-11-20T17:59', '2026-11-23T09:00', '2026-11-25T12:00'],
    ],
    [
      'over midnight',
      'tue 22:00',
      'wed 06:00',
      ['2026-11-24T22:00', '2026-11-25T05:59'],
      ['2026-11-24T21:59', '2026-11-25T06:00'],
    ],
    [
      'within a day',
      'wed 09:00',
      'wed 17:00',
      ['2026-11-25T09:00', '2026-11-25T16:59'],
      ['2026-11-25T08:59', '2026-11-25T17:00', '2026-11-26T12:00'],
    ],
    [
      'from a day to the same day of the next week, but for a while',
      'wed 17:00',
      'wed 09:00',
      ['2026-11-25T17:00', '2026-11-25T08:59', '2026-11-29T12:00'],
      ['2026-11-25T09:00', '2026-11-25T16:59'],
    ],
    [
      'the whole week',
      'mon 00:00',
      'mon 00:00',
      ['2026-11-23T00:00', '2026-11-25T12:00', '2026-11-29T23:59'],
      [],
    ],
    [
      'the last minute of the week',
      'sun 23:59',
      'mon 00:00',
      ['2026-11-22T23:59'],
      ['2026-11-22T23:58', '2026-11-23T00:00'],
    ],
  ])('%s: from %s to %s [PHA-3]', (_, from, to, inside, outside) => {
    for (const local of inside) expect([local, at(local, [weekly(from, to)])?.id]).toEqual([local, 'weekly']);
    for (const local of outside) expect([local, at(local, [weekly(from, to)])]).toEqual([local, null]);
  });

  it('says from when to when, so that a page can', () => {
    expect(at('2026-11-22T12:00', [weekly('fri 18:00', 'mon 09:00')])).toEqual({
      id: 'weekly',
      from: new Date('2026-11-20T09:00:00Z'),
      to: new Date('2026-11-23T00:00:00Z'),
    });
  });

  it('keeps the clock of its zone when that changes: an hour less in spring, one more in autumn', () => {
    const nights = [weekly('sat 22:00', 'sun 06:00', { timezone: 'Europe/Berlin' })];
    const hours = (span: { from: Date; to: Date } | null) =>
      span && (span.to.getTime() - span.from.getTime()) / 3_600_000;
    expect(hours(at('2027-03-28T01:00', nights, 'Europe/Berlin'))).toBe(7);
    expect(hours(at('2026-10-25T01:00', nights, 'Europe/Berlin'))).toBe(9);
    expect(hours(at('2026-11-22T01:00', nights, 'Europe/Berlin'))).toBe(8);
  });

  it('begins later when its hour is left out, and with the first when there are two', () => {
    const skipped = [weekly('sun 02:30', 'sun 12:00', { timezone: 'Europe/Berlin' })];
    expect(utc('2027-03-28T01:29:59Z', skipped)).toBeNull();
    expect(utc('2027-03-28T01:30:00Z', skipped)).not.toBeNull();
    expect(utc('2026-10-25T00:29:59Z', skipped)).toBeNull();
    expect(utc('2026-10-25T00:30:00Z', skipped)).not.toBeNull();
    expect(utc('2026-10-25T01:29:00Z', skipped)).not.toBeNull();
  });

  it('holds exactly when a count of minutes through the week says so', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const minuteOfWeek = fc.integer({ min: 0, max: 7 * 1440 - 1 });
    const text = (minute: number) =>
      `${days[Math.floor(minute / 1440)]} ${new Date((minute % 1440) * 60_000).toISOString().slice(11, 16)}`;
    fc.assert(
      fc.property(minuteOfWeek, minuteOfWeek, minuteOfWeek, (from, to, now) => {
        // Monday 2026-11-23 00:00 in Tokyo, which has no clock changes.
        const instant = new Date(Date.parse('2026-11-22T15:00:00Z') + now * 60_000);
        const length = (to - from + 7 * 1440) % (7 * 1440) || 7 * 1440;
        const into = (now - from + 7 * 1440) % (7 * 1440);
        const held = freezeInForce(
          { ...policy, freezes: [weekly(text(from), text(to))] },
          'autosave',
          instant,
        );
        expect(held !== null).toBe(into < length);
      }),
      { numRuns: 1000 },
    );
  });
});
