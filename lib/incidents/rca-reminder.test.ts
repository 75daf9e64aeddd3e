import { describe, expect, it } from 'vitest';
import { rcaReminder } from './rca-reminder.ts';

const rule = { zone: 'Asia/Tokyo', at: '09:00' };
const jst = (text: string) => new Date(`${text}:00+09:00`);
// Opened on Saturday 21 November: Monday is a holiday (labour thanksgiving), so it is due on Tuesday.
const dueAt = jst('2026-11-24T18:00');
const at = (text: string, sharedAt: Date | null = null) => rcaReminder({ dueAt, sharedAt }, rule, jst(text));

describe('the reminder of an RCA', () => {
  it.each([
    ['2026-11-22T12:00', null], // Sunday
    ['2026-11-23T12:00', null], // a holiday
    ['2026-11-24T08:59', null],
    ['2026-11-24T09:00', 'due:2026-11-24'],
    ['2026-11-24T17:59', 'due:2026-11-24'],
    ['2026-11-24T18:00', 'overdue:2026-11-24'],
    ['2026-11-24T23:59', 'overdue:2026-11-24'],
    ['2026-11-25T08:59', null],
    ['2026-11-25T09:00', 'overdue:2026-11-25'],
    ['2026-11-28T12:00', null], // Saturday
    ['2026-11-30T09:00', 'overdue:2026-11-30'],
  ])('at %s in Tokyo is %s [ROL-6]', (now, expected) => {
    expect(at(now)).toBe(expected);
  });

  it('ends with its sharing [ROL-6]', () => {
    expect(at('2026-11-24T09:00', jst('2026-11-22T10:00'))).toBeNull();
    expect(at('2026-11-25T09:00', jst('2026-11-25T08:00'))).toBeNull();
  });
});
