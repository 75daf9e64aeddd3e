import { describe, expect, it } from 'vitest';
import { READ_FAILURES, readFailure } from './read-failures.ts';
import { waitBeforeNextLook } from './retry-looks.ts';

const plan = { waitsMs: [500, 1000, 2000, 4000, 8000], honourServer: false };
const failing = (looks: number, retryable = true) => ({ looks, retryable });

describe('looking again at files that cannot be read', () => {
  it('waits 0.5, 1, 2, 4 and 8 s and then no more [COL-5]', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((look) => waitBeforeNextLook([failing(look)], plan, look));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, null]);
  });

  it('does not wait for what a person must repair, nor where nothing fails [COL-5]', () => {
    expect(waitBeforeNextLook([failing(1, false)], plan, 1)).toBeNull();
    expect(waitBeforeNextLook([], plan, 1)).toBeNull();
    expect(waitBeforeNextLook([failing(1, false), failing(2)], plan, 1)).toBe(1000);
  });

  it('lets a file that stays broken hold up one collection, not every one [COL-5]', () => {
    expect(waitBeforeNextLook([failing(7)], plan, 1)).toBeNull();
  });

  it('lets files that fail one after the other hold it up for one plan at most [COL-5]', () => {
    expect(waitBeforeNextLook([failing(1)], plan, 6)).toBeNull();
  });
});

describe('read failures', () => {
  it.each([
    ['EIO', true],
    ['EBUSY', true],
    ['EAGAIN', true],
    ['ENOENT', true],
    ['Z_BUF_ERROR', true],
    ['EACCES', false],
    ['EPERM', false],
    ['ELOOP', false],
    ['Z_DATA_ERROR', false],
  ])('%s may be tried again: %s [COL-5]', (code, retryable) => {
    expect(readFailure(code)).toMatchObject({ code, retryable });
  });

  it('tries again what nobody has met yet, and shows its code [COL-5]', () => {
    expect(readFailure('EWHATEVER')).toEqual({
      code: 'EWHATEVER',
      retryable: true,
      message: 'cannot be read (EWHATEVER)',
    });
  });

  it('tells people no detail of the machine [COL-5]', () => {
    for (const { message } of Object.values(READ_FAILURES))
      expect(message).not.toMatch(/[/\\]|errno|E[A-Z]{3}/);
  });
});
