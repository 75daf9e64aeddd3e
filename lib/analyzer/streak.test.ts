import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StreakEntry, streakOf } from './streak.ts';

const START = new Date('2026-11-20T00:00:00Z');
const at = (window: number) => new Date(START.getTime() + window * 900_000);

/** One letter for each window: `.` met, `w` met but near, `u` unmet, `v` violation, `-` insufficient data, ` ` missing. */
function entries(letters: string): StreakEntry[] {
  return [...letters].flatMap((letter, i): StreakEntry[] => {
    const windowStart = at(i);
    switch (letter) {
      case '.':
        return [{ windowStart, verdict: 'pass', sloMet: true }];
      case 'w':
        return [{ windowStart, verdict: 'warn', sloMet: true }];
      case 'u':
        return [{ windowStart, verdict: 'warn', sloMet: false }];
      case 'v':
        return [{ windowStart, verdict: 'violation', sloMet: false }];
      case '-':
        return [{ windowStart, verdict: 'insufficient_data', sloMet: null }];
      default:
        return [];
    }
  });
}

describe('a run of met windows', () => {
  it.each([
    ['', 0, null],
    ['....', 4, null],
    ['..ww', 4, null],
    ['..v...', 3, 'violation'],
    ['..u.', 1, 'unmet'],
    ['.. ..', 2, 'gap'],
    ['..--..', 4, null],
    ['----', 0, null],
    ['....v', 0, 'violation'],
    ['.v--.', 1, 'violation'],
  ])('of "%s" is %i windows, reset by %s [PHA-4]', (letters, windows, why) => {
    const streak = streakOf(entries(letters), { windowSeconds: 900 });
    expect(streak.windows).toBe(windows);
    expect(streak.metSeconds).toBe(windows * 900);
    expect(streak.lastReset?.why ?? null).toBe(why);
  });

  it('begins at the oldest met window after the reset [PHA-4]', () => {
    const streak = streakOf(entries('.v-..'), { windowSeconds: 900 });
    expect(streak.sinceWindow).toEqual(at(3));
    expect(streak.lastReset).toEqual({ at: at(1), why: 'violation' });
  });

  it('is broken by a window that should be there and is not [PHA-4]', () => {
    expect(streakOf(entries('....'), { windowSeconds: 900, upTo: at(4) }).windows).toBe(4);
    expect(streakOf(entries('....'), { windowSeconds: 900, upTo: at(5) })).toMatchObject({
      windows: 0,
      lastReset: { at: at(4), why: 'gap' },
    });
  });

  it('does not reach behind the entry into the phase [PHA-4]', () => {
    const from = new Date(at(2).getTime() + 60_000);
    expect(streakOf(entries('......'), { windowSeconds: 900, from })).toMatchObject({
      windows: 3,
      lastReset: null,
    });
  });

  it('needs every window up to its start: a hole right after the entry is a gap [PHA-4]', () => {
    expect(streakOf(entries('  ....'), { windowSeconds: 900, from: at(0) })).toMatchObject({
      windows: 4,
      lastReset: { at: at(1), why: 'gap' },
    });
  });

  it('never grows when a window turns bad or goes missing [PHA-4]', () => {
    const letters = fc.array(fc.constantFrom('.', 'w', '-', 'u', 'v', ' '), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(letters, fc.nat(39), fc.constantFrom('u', 'v', ' '), (windows, position, bad) => {
        const worse = windows.with(position % windows.length, bad);
        const options = { windowSeconds: 900, from: at(0), upTo: at(windows.length) };
        const before = streakOf(entries(windows.join('')), options).windows;
        const after = streakOf(entries(worse.join('')), options).windows;
        expect(after).toBeLessThanOrEqual(before);
      }),
    );
  });
});
