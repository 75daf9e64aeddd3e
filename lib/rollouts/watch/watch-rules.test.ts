import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueLook, outcomeOfWatch } from './watch-rules.ts';

const SINCE = new Date('2026-11-24T03:02:00Z');
const at = (minutes: number) => new Date(SINCE.getTime() + minutes * 60_000);
const PACE = { lookEverySeconds: 300, lookOftenForSeconds: 1800 };

describe('the pace of a watch', () => {
  it('is every 5 minutes for 30 minutes, once each, however often it is asked [COL-8]', () => {
    const looks: Date[] = [];
    for (let second = 0; second <= 7200; second += 20) {
      const due = dueLook({ since: SINCE }, PACE, looks.at(-1) ?? null, at(second / 60));
      if (due) looks.push(due);
    }
    expect(looks).toEqual([5, 10, 15, 20, 25, 30].map(at));
  });

  it('does not make up for looks that were missed [COL-8]', () => {
    expect(dueLook({ since: SINCE }, PACE, null, at(17))).toEqual(at(15));
    expect(dueLook({ since: SINCE }, PACE, null, at(90))).toBeNull();
    expect(dueLook({ since: SINCE }, PACE, null, at(-30))).toBeNull();
  });
});

/** `.` met, `x` unmet, `v` violation, `-` cannot tell, blank: missing; oldest first, from the first whole window on. */
const windows = (letters: string) =>
  [...letters].flatMap((letter, i) =>
    letter === ' '
      ? []
      : [
          {
            windowStart: at(13 + i * 15),
            verdict:
              letter === '-'
                ? ('insufficient_data' as const)
                : letter === 'v'
                  ? ('violation' as const)
                  : ('pass' as const),
            sloMet: letter === '-' ? null : letter === '.',
          },
        ],
  );
const RULE = { recoveredWindows: 2, windowSeconds: 900, graceSeconds: 990, nothingIsOn: false };
const WATCH = { since: SINCE, until: at(120) };

describe('the end of a watch', () => {
  // The last window that must be there ends at 05:00, two minutes before the watch does: the seventh.
  it.each([
    ['xxxxx..', 120, 'recovered'],
    ['.......', 119, 'watching'],
    ['......x', 121, 'not_recovered'],
    ['xxxxxx.', 121, 'not_recovered'],
    ['xxxx.-.', 121, 'recovered'],
    ['-------', 121, 'not_recovered'],
    ['..... .', 121, 'not_recovered'],
    ['.....v.', 121, 'not_recovered'],
    ['......', 121, 'watching'], // its last window is still being judged
    ['......', 140, 'not_recovered'], // it never was
    ['', 140, 'not_recovered'],
    ['xxxxxxx.', 150, 'not_recovered'], // watched on …
    ['xxxxxxx..', 165, 'recovered'], // … and well at last
  ] as const)('with windows "%s" after %i minutes: %s [ROL-5]', (letters, minutes, outcome) => {
    expect(outcomeOfWatch(WATCH, windows(letters), RULE, at(minutes))).toBe(outcome);
  });

  it('never says recovered unless the newest window that tells was met [ROL-5]', () => {
    const letters = fc.array(fc.constantFrom('.', 'x', 'v', '-', ' '), { minLength: 0, maxLength: 12 });
    fc.assert(
      fc.property(letters, fc.integer({ min: 0, max: 400 }), (told, minutes) => {
        const text = told.join('');
        if (outcomeOfWatch(WATCH, windows(text), RULE, at(minutes)) !== 'recovered') return;
        expect(minutes).toBeGreaterThanOrEqual(120);
        expect(text.replaceAll('-', '').trimEnd().endsWith('..')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a watch where nothing is on', () => {
  const off = { ...RULE, nothingIsOn: true };
  it('recovers although what is off sends nothing, and not when something is still unmet [ROL-5]', () => {
    expect(outcomeOfWatch(WATCH, windows('--------'), RULE, at(125))).toBe('not_recovered');
    expect(outcomeOfWatch(WATCH, windows('--------'), off, at(125))).toBe('recovered');
    expect(outcomeOfWatch(WATCH, windows('-------x'), off, at(125))).toBe('not_recovered');
    expect(outcomeOfWatch(WATCH, [], off, at(180))).toBe('not_recovered');
  });
});
