import { describe, expect, it } from 'vitest';
import type { Limit } from '#lib/policy/index.ts';
import { shippedContext } from '#scripts/test/nasty-lines.ts';
import { isPastWarning, keepsLimit, warningLine } from './limit.ts';

const { judging } = shippedContext().policy;

describe('the warning line', () => {
  it.each<[Limit, 'ms' | 'ratio' | 'count', number | null]>([
    [{ kind: 'max', value: 2500 }, 'ms', 2000],
    [{ kind: 'below', value: 0.003 }, 'ratio', 0.0024],
    [{ kind: 'max', value: 3 }, 'count', 2.4],
    [{ kind: 'min', value: 0.995 }, 'ratio', 0.996],
    [{ kind: 'above', value: 0.8 }, 'ratio', 0.84],
    [{ kind: 'max', value: 0 }, 'count', null],
    [{ kind: 'min', value: 1 }, 'ratio', null],
    [{ kind: 'min', value: 10 }, 'count', null],
  ])('of %j in %s is %s: 80 %% of the way [ANA-4]', (limit, unit, line) => {
    expect(warningLine(limit, unit, judging)).toBe(line);
  });

  it('lies where the policy says [ANA-4]', () => {
    expect(warningLine({ kind: 'max', value: 2500 }, 'ms', { warnFrom: 0.5 })).toBe(1250);
    expect(warningLine({ kind: 'min', value: 0.9 }, 'ratio', { warnFrom: 0.5 })).toBe(0.95);
  });

  it('is not yet a warning itself, on whichever side the limit is [ANA-4]', () => {
    expect([2000, 2000.001].map((v) => isPastWarning({ kind: 'max', value: 2500 }, 2000, v))).toEqual([
      false,
      true,
    ]);
    expect([0.996, 0.9959].map((v) => isPastWarning({ kind: 'min', value: 0.995 }, 0.996, v))).toEqual([
      false,
      true,
    ]);
  });
});

it.each<[Limit['kind'], boolean[]]>([
  ['max', [true, true, false]],
  ['below', [true, false, false]],
  ['min', [false, true, true]],
  ['above', [false, false, true]],
])('a limit of the kind %s is kept just under it, at it and just over it: %j [ANA-4]', (kind, kept) => {
  expect([9, 10, 11].map((value) => keepsLimit({ kind, value: 10 }, value))).toEqual(kept);
});
