import { describe, expect, it } from 'vitest';
import { whyStillOpen } from './index.ts';

/** `.` met, `x` unmet, `-` cannot tell; newest first. */
const windows = (letters: string) =>
  [...letters].map((letter) => ({ sloMet: letter === '-' ? null : letter === '.' }));
const over = { rollbackOpen: false, stepUnproven: false, needed: 2 };

describe('an incident', () => {
  it.each(['..', '.-.', '-..', '..x', '-.--.x'])('is over after windows %s [INC-1]', (letters) => {
    expect(whyStillOpen({ ...over, windows: windows(letters) })).toBeNull();
  });

  it.each([
    ['', 0],
    ['.', 1],
    ['.x.', 1],
    ['x..', 0],
    ['-x..', 0],
    ['--', 0],
    ['.-x', 1],
  ])('is not over after windows "%s": %i of 2 were met [INC-1]', (letters, metWindows) => {
    expect(whyStillOpen({ ...over, windows: windows(letters) })).toEqual({
      refused: 'not_recovered',
      metWindows,
      needed: 2,
    });
  });

  it('is not over while a rollback waits for its decision or its proof [INC-1] [ROL-3]', () => {
    expect(whyStillOpen({ ...over, rollbackOpen: true, windows: windows('..') })?.refused).toBe(
      'rollback_open',
    );
    expect(whyStillOpen({ ...over, stepUnproven: true, windows: windows('..') })?.refused).toBe(
      'step_unproven',
    );
  });
});
