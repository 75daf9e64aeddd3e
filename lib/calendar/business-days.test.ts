import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { businessDayAt, isBusinessDay } from './business-days.ts';

const TOKYO = { zone: 'Asia/Tokyo', at: '10:00' };

describe('Japanese business days', () => {
  it.each([
    ['2026-11-20', true], // Friday
    ['2026-11-21', false], // Saturday
    ['2026-11-23', false], // Labor Thanksgiving Day, a Monday
    ['2026-11-24', true],
    ['2027-03-22', false], // Monday in lieu of the equinox on Sunday
    ['2026-12-28', true],
    ['2026-12-29', false], // the year-end days of offices
    ['2027-01-04', true],
  ])('%s: %s', (day, expected) => {
    expect(isBusinessDay(day)).toBe(expected);
  });
});

describe('a time on a business day', () => {
  it.each([
    ['2026-11-20T09:00:00Z', 1, '2026-11-24T01:00:00.000Z'], // over a weekend and a holiday
    ['2026-11-24T16:00:00Z', 1, '2026-11-26T01:00:00.000Z'], // already the 25th in Tokyo
    ['2026-12-28T03:00:00Z', 1, '2027-01-04T01:00:00.000Z'],
    ['2026-11-24T00:30:00Z', 0, '2026-11-24T01:00:00.000Z'], // later today
    ['2026-11-24T01:30:00Z', 0, '2026-11-25T01:00:00.000Z'], // ten o'clock has passed
  ])('after %s and %s business days is %s [ROL-4]', (now, businessDays, expected) => {
    expect(businessDayAt(new Date(now), { ...TOKYO, businessDays }).toISOString()).toBe(expected);
  });

  it('is never in the past, on a business day, at the time of the policy, in every zone [ROL-5]', () => {
    const instants = fc.date({
      min: new Date('2026-01-01T00:00:00Z'),
      max: new Date('2029-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    const zones = fc.constantFrom('Asia/Tokyo', 'UTC', 'America/New_York');
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 10 }), zones, (now, businessDays, zone) => {
        const canary = businessDayAt(now, { zone, at: '10:00', businessDays });
        expect(canary.getTime()).toBeGreaterThanOrEqual(now.getTime());
        const local = new Intl.DateTimeFormat('sv-SE', {
          timeZone: zone,
          dateStyle: 'short',
          timeStyle: 'short',
        }).format(canary);
        expect(local.slice(11)).toBe('10:00');
        expect(isBusinessDay(local.slice(0, 10))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
