import { describe, expect, it } from 'vitest';
import {
  daysBetween,
  judgedUntil,
  monthOf,
  monthSpan,
  monthsBetween,
  monthsUpTo,
  periodOf,
} from './period.ts';

const at = (text: string) => new Date(text);
const hours = ({ start, end }: { start: Date; end: Date }) => (end.getTime() - start.getTime()) / 3_600_000;

describe('months', () => {
  it('begin at midnight of the zone [DASH-4]', () => {
    expect(monthSpan('2026-10', 'Asia/Tokyo')).toEqual({
      name: '2026-10',
      start: at('2026-09-30T15:00:00Z'),
      end: at('2026-10-31T15:00:00Z'),
    });
    // Clocks change in both of them.
    expect(hours(monthSpan('2026-03', 'Europe/Berlin'))).toBe(31 * 24 - 1);
    expect(hours(monthSpan('2026-10', 'Europe/Berlin'))).toBe(31 * 24 + 1);
    expect(hours(monthSpan('2028-02', 'Asia/Tokyo'))).toBe(29 * 24);
  });

  it('hold the instants from their first to before their end', () => {
    expect(monthOf(at('2026-10-31T14:59:59.999Z'), 'Asia/Tokyo')).toBe('2026-10');
    expect(monthOf(at('2026-10-31T15:00:00Z'), 'Asia/Tokyo')).toBe('2026-11');
  });

  it('follow each other across the year', () => {
    const names = ['2025-11', '2025-12', '2026-01', '2026-02'];
    expect(monthsUpTo('2026-02', 4, 'Asia/Tokyo').map(({ name }) => name)).toEqual(names);
    const [from, to] = [at('2025-11-10T00:00:00Z'), at('2026-02-01T00:00:00Z')];
    expect(monthsBetween(from, to, 'Asia/Tokyo').map(({ name }) => name)).toEqual(names);
  });
});

describe('days', () => {
  it('are whole but for the first and the last of a rolling period [DASH-4]', () => {
    const days = daysBetween(at('2026-11-18T05:00:00Z'), at('2026-11-20T05:00:00Z'), 'Asia/Tokyo');
    expect(days.map((day) => [day.name, hours(day)])).toEqual([
      ['2026-11-18', 10],
      ['2026-11-19', 24],
      ['2026-11-20', 14],
    ]);
  });

  it('have 23 and 25 hours where clocks change', () => {
    const { start, end } = monthSpan('2026-10', 'Europe/Berlin');
    const days = daysBetween(start, end, 'Europe/Berlin');
    expect(days).toHaveLength(31);
    expect(days.filter((day) => hours(day) !== 24).map((day) => [day.name, hours(day)])).toEqual([
      ['2026-10-25', 25],
    ]);
    const march = monthSpan('2026-03', 'Europe/Berlin');
    const short = daysBetween(march.start, march.end, 'Europe/Berlin').filter((day) => hours(day) !== 24);
    expect(short.map((day) => [day.name, hours(day)])).toEqual([['2026-03-29', 23]]);
  });

  it('may begin later than at 0:00', () => {
    // Midnight of 2026-09-06 does not exist in Santiago.
    const days = daysBetween(at('2026-09-05T04:00:00Z'), at('2026-09-08T03:00:00Z'), 'America/Santiago');
    expect(days.map((day) => [day.name, hours(day)])).toEqual([
      ['2026-09-05', 24],
      ['2026-09-06', 23],
      ['2026-09-07', 24],
    ]);
  });
});

describe('the period of a report', () => {
  const rules = { periodSeconds: 30 * 86_400, latenessSeconds: 7200, zone: 'Asia/Tokyo' };
  const period = (month: string | undefined, now: string) =>
    periodOf({ ...rules, month, judgedUntil: at('2026-11-20T05:00:00Z'), now: at(now) });

  it('is the policy’s period up to the newest judged window', () => {
    expect(period(undefined, '2026-11-20T05:03:00Z')).toEqual({
      kind: 'rolling',
      from: '2026-10-21T05:00:00.000Z',
      to: '2026-11-20T05:00:00.000Z',
    });
  });

  it('is closed when no late event can change it any more [COL-6]', () => {
    const closed = (now: string) => {
      const { kind, ...rest } = period('2026-10', now);
      return kind === 'month' && 'closed' in rest && rest.closed;
    };
    expect(closed('2026-10-31T16:59:59.999Z')).toBe(false);
    expect(closed('2026-10-31T17:00:00Z')).toBe(true);
  });
});

describe('up to when counts are complete', () => {
  const until = (newest: string | null, now: string) =>
    judgedUntil({
      newestWindowEnd: newest === null ? null : at(newest),
      windowSeconds: 900,
      staleAfterSeconds: 1200,
      now: at(now),
    }).toISOString();

  it.each([
    {
      name: 'the newest window is judged',
      newest: '2026-11-20T05:00:00Z',
      now: '2026-11-20T05:03:00Z',
      end: '05:00',
    },
    { name: 'it is being judged', newest: '2026-11-20T04:45:00Z', now: '2026-11-20T05:03:00Z', end: '04:45' },
    { name: 'Phasegate is blind', newest: '2026-11-20T04:30:00Z', now: '2026-11-20T05:03:00Z', end: '05:00' },
    { name: 'there is none', newest: null, now: '2026-11-20T05:03:00Z', end: '05:00' },
    {
      name: 'the clock was set back',
      newest: '2026-11-20T06:00:00Z',
      now: '2026-11-20T05:03:00Z',
      end: '05:00',
    },
  ])('$name: $end', ({ newest, now, end }) => {
    expect(until(newest, now)).toBe(`2026-11-20T${end}:00.000Z`);
  });
});
