import { describe, expect, it } from 'vitest';
import type { Policy } from '#lib/policy/index.ts';
import { missedSlot, missingCycles } from './cycles.ts';

const CYCLE: Policy['cycle'] = {
  windowSeconds: 900,
  slotSeconds: { collect: 420, analyze: 720, report: 900 },
  latenessSeconds: 7200,
  catchUpSeconds: 6 * 3600,
  staleAfterSeconds: 1200,
  delayedAfterSeconds: 300,
  onTimeWithinSeconds: 90,
  pauseWarnAfterSeconds: 300,
};
const at = (time: string): Date => new Date(`2026-11-21T${time}Z`);
const plan = (newest: string | null, oldest: string | null, now: string): string[] =>
  missingCycles(
    {
      newestPlanned: newest === null ? null : at(newest),
      oldestTelemetry: oldest === null ? null : at(oldest),
    },
    at(now),
    CYCLE,
  ).map((c) => `${c.windowStart.toISOString().slice(11, 16)} ${c.origin}`);

describe('missing windows', () => {
  it.each([
    ['nothing is planned before the first telemetry', null, null, '10:00:00', []],
    ['the window that is open is not missing', '09:45:00', null, '10:14:59.999', []],
    ['a window is closed at its very end', '09:45:00', null, '10:15:00', ['10:00 scheduled']],
    ['a tick soon after it is on time', '09:45:00', null, '10:16:30', ['10:00 scheduled']],
    ['a later tick makes up for it', '09:45:00', null, '10:16:30.001', ['10:00 catch_up']],
    [
      'missed ticks are made up for, oldest first, and only the newest is on time',
      '09:00:00',
      null,
      '10:00:01',
      ['09:15 catch_up', '09:30 catch_up', '09:45 scheduled'],
    ],
    [
      'history is judged from where it begins',
      null,
      '09:37:00',
      '10:01:00',
      ['09:30 catch_up', '09:45 catch_up'],
    ],
    ['telemetry of the open window closes nothing yet', null, '10:00:30', '10:01:00', []],
  ])('%s [COL-3]', (_, newest, oldest, now, expected) => {
    expect(plan(newest, oldest, now)).toEqual(expected);
  });

  it('makes up for no more than the policy allows: 24 windows after 6 hours or more [COL-3]', () => {
    expect(plan('00:00:00', null, '12:00:00')).toHaveLength(24);
    expect(plan(null, '00:00:00', '12:00:00')[0]).toBe('06:00 catch_up');
  });
});

describe('deadlines', () => {
  it.each([
    ['collect', '10:22:00', false],
    ['collect', '10:22:00.001', true],
    ['analyze', '10:27:00', false],
    ['analyze', '10:27:00.001', true],
    ['report', '10:30:00', false],
    ['report', '10:30:00.001', true],
  ] as const)('%s ended at %s: missed %s [COL-4]', (stage, endedAt, missed) => {
    expect(missedSlot(stage, at('10:15:00'), at(endedAt), CYCLE)).toBe(missed);
  });
});
