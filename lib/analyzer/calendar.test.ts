import { describe, expect, it } from 'vitest';
import { calendarOf } from './calendar.ts';

const ms = (text: string) => Date.parse(text);
const iso = (at: number) => new Date(at).toISOString();

describe('days of a time zone', () => {
  it('begin at midnight in Tokyo, whatever the zone of the machine [OPS-12]', () => {
    const { dayStart } = calendarOf('Asia/Tokyo');
    expect(iso(dayStart(ms('2026-11-20T14:59:59.999Z')))).toBe('2026-11-19T15:00:00.000Z');
    expect(iso(dayStart(ms('2026-11-20T15:00:00Z')))).toBe('2026-11-20T15:00:00.000Z');
  });

  it('have 23 or 25 hours where clocks change [OPS-12]', () => {
    const { addDays, dayStart } = calendarOf('Europe/Berlin');
    const spring = dayStart(ms('2026-03-29T12:00:00Z'));
    expect((addDays(spring, 1) - spring) / 3_600_000).toBe(23);
    const autumn = dayStart(ms('2026-10-25T12:00:00Z'));
    expect((addDays(autumn, 1) - autumn) / 3_600_000).toBe(25);
    expect(addDays(addDays(autumn, 1), -1)).toBe(autumn);
  });

  it('bound a cadence: whole days at midnight, shorter ones counted from it [ANA-2]', () => {
    const { boundary } = calendarOf('Asia/Tokyo');
    const at = ms('2026-11-20T05:20:00Z'); // 14:20
    expect(iso(boundary(at, 900))).toBe('2026-11-20T05:15:00.000Z');
    expect(iso(boundary(at, 6 * 3600))).toBe('2026-11-20T03:00:00.000Z');
    expect(iso(boundary(at, 86_400))).toBe('2026-11-19T15:00:00.000Z');
    const twoDays = boundary(at, 172_800);
    expect([0, 86_400_000]).toContain(ms('2026-11-19T15:00:00Z') - twoDays);
    expect(boundary(twoDays - 1, 172_800)).toBe(twoDays - 172_800_000);
  });
});
