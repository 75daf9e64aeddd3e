import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shippedContext } from '#scripts/test/nasty-lines.ts';
import { budgetState, budgetOf as budgetWith, type Part, sumParts } from './budget.ts';
import { burnDownOf } from './burn-down.ts';

const { budgetBands } = shippedContext(new Date('2026-11-21T12:00:00Z')).policy.slo;
const budgetOf = (parts: readonly Part[], todaysTarget: number) =>
  budgetWith(parts, todaysTarget, budgetBands);

const part = (goodCount: number, badCount: number, targetRatio = 0.99): Part => ({
  goodCount,
  badCount,
  targetRatio,
});

const partArbitrary = fc.record({
  goodCount: fc.integer({ min: 0, max: 1_000_000 }),
  badCount: fc.integer({ min: 0, max: 1_000_000 }),
  targetRatio: fc.constantFrom(0, 0.005, 0.5, 0.8, 0.95, 0.99, 0.997, 0.9999, 1),
});

describe('an error budget', () => {
  it.each([
    // SRE workbook, chapter 2: 3,663,253 requests, 99 % of them good: 36,632 failures allowed in four weeks.
    {
      name: 'the example of the workbook',
      parts: [part(3_663_253 - 1000, 1000, 0.99)],
      allowed: 36_632.53,
      left: 1 - 1000 / 36_632.53,
    },
    { name: 'untouched', parts: [part(1000, 0)], allowed: 10, left: 1 },
    { name: 'a quarter spent', parts: [part(9975, 25)], allowed: 100, left: 0.75 },
    { name: 'spent to the last', parts: [part(990, 10)], allowed: 10, left: 0 },
    { name: 'overspent', parts: [part(950, 50)], allowed: 10, left: -4 },
    { name: 'a fraction of an event', parts: [part(49, 1)], allowed: 0.5, left: -1 },
    { name: '0.3 % of failures', parts: [part(997, 3, 0.997)], allowed: 3, left: 0 },
    { name: 'nothing may be bad, nothing was', parts: [part(5, 0, 1)], allowed: 0, left: 1 },
    { name: 'nothing may be bad, one was', parts: [part(5, 1, 1)], allowed: 0, left: 0 },
    { name: 'everything may be bad', parts: [part(0, 5, 0)], allowed: 5, left: 0 },
    { name: 'nothing counted', parts: [part(0, 0)], allowed: 0, left: null },
    { name: 'no part at all', parts: [], allowed: 0, left: null },
  ])('$name [DASH-4]', ({ parts, allowed, left }) => {
    const budget = budgetOf(parts, 0.9);
    expect(budget.allowedBadCount).toBeCloseTo(allowed, 9);
    if (left === null) expect(budget.remainingRatio).toBeNull();
    else expect(budget.remainingRatio).toBeCloseTo(left, 11);
  });

  it('weighs a target that changed by what was counted under each [DASH-4]', () => {
    // 1000 at 99 % and 3000 at 99.5 %: 10 + 15 may be bad, which is 99.375 % of 4000.
    const budget = budgetOf([part(995, 5, 0.99), part(2995, 5, 0.995)], 0.9);
    expect(budget).toEqual({
      goodCount: 3990,
      badCount: 10,
      targetRatio: 0.99375,
      attainedRatio: 3990 / 4000,
      allowedBadCount: 25,
      remainingRatio: 0.6,
      state: 'observe',
    });
  });

  it('has today’s target and no attainment where nothing was counted', () => {
    expect(budgetOf([part(0, 0, 0.99)], 0.95)).toMatchObject({
      targetRatio: 0.95,
      attainedRatio: null,
      state: 'unknown',
    });
  });

  it.each([
    [1, 'healthy'],
    [0.7501, 'healthy'],
    [0.75, 'observe'],
    [0.5001, 'observe'],
    [0.5, 'attention'],
    [0.2501, 'attention'],
    [0.25, 'unhealthy'],
    [0.0001, 'unhealthy'],
    [0, 'exhausted'],
    [-3, 'exhausted'],
    [null, 'unknown'],
  ] as const)('with %s left is %s', (remaining, state) => {
    expect(budgetState(remaining, budgetBands)).toBe(state);
  });

  it('is said in the words of the policy', () => {
    const stricter = { healthy: 0.9, observe: 0.8, attention: 0.7 };
    expect([0.91, 0.9, 0.8, 0.7, 0].map((left) => budgetState(left, stricter))).toEqual([
      'healthy',
      'observe',
      'attention',
      'unhealthy',
      'exhausted',
    ]);
  });

  it('is the same however the span is cut, and never NaN [DASH-4]', () => {
    fc.assert(
      fc.property(fc.array(partArbitrary, { maxLength: 20 }), fc.nat(20), (parts, cut) => {
        const whole = sumParts(parts);
        const [a, b] = [sumParts(parts.slice(0, cut)), sumParts(parts.slice(cut))];
        expect(a.goodCount + b.goodCount).toBe(whole.goodCount);
        expect(a.badCount + b.badCount).toBe(whole.badCount);
        expect(a.allowedBadCount + b.allowedBadCount).toBeCloseTo(whole.allowedBadCount, 3);
        const budget = budgetOf(parts, 0.99);
        for (const value of Object.values(budget))
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        expect(budget.remainingRatio === null).toBe(budget.state === 'unknown');
        if (budget.attainedRatio !== null && whole.allowedBadCount > 0)
          // What is left is above 0 exactly where more than the target was attained.
          expect((budget.remainingRatio ?? 0) > 0).toBe(whole.badCount < whole.allowedBadCount);
      }),
    );
  });

  it('never grows by a bad event, nor shrinks by a good one', () => {
    fc.assert(
      fc.property(partArbitrary, (counted) => {
        fc.pre(counted.goodCount + counted.badCount > 0);
        const left = (change: Partial<Part>) =>
          budgetOf([{ ...counted, ...change }], 0.99).remainingRatio ?? Number.NaN;
        const { goodCount, badCount } = counted;
        expect(left({ goodCount: goodCount + 1 })).toBeGreaterThanOrEqual(left({}) - 1e-9);
        if (goodCount > 0)
          expect(left({ goodCount: goodCount - 1, badCount: badCount + 1 })).toBeLessThanOrEqual(
            left({}) + 1e-9,
          );
      }),
    );
  });
});

describe('a burn-down', () => {
  it('goes down by what each day spent of the whole period’s budget; a day without counts is a gap [DASH-4]', () => {
    // 40,000 events at 99 %: 400 may be bad.
    const days = [
      { day: '2026-11-01', parts: [] },
      { day: '2026-11-02', parts: [part(9900, 100)] },
      { day: '2026-11-03', parts: [part(0, 0)] },
      { day: '2026-11-04', parts: [part(10_000, 0)] },
      { day: '2026-11-05', parts: [part(9000, 200), part(10_600, 200)] },
      { day: '2026-11-06', parts: [] },
    ];
    expect(burnDownOf(days).map(({ remainingRatio }) => remainingRatio)).toEqual([
      null,
      0.75,
      null,
      0.75,
      -0.25,
      null,
    ]);
    expect(burnDownOf(days)[4]).toMatchObject({ goodCount: 19_600, badCount: 400 });
  });

  it('never rises, and ends where the budget is [DASH-4]', () => {
    fc.assert(
      fc.property(fc.array(fc.array(partArbitrary, { maxLength: 3 }), { maxLength: 31 }), (days) => {
        const points = burnDownOf(days.map((parts, i) => ({ day: String(i), parts })));
        const left = points.flatMap(({ remainingRatio }) =>
          remainingRatio === null ? [] : [remainingRatio],
        );
        expect(left).toEqual(left.toSorted((a, b) => b - a));
        expect(left.at(-1) ?? null).toBe(budgetOf(days.flat(), 0.99).remainingRatio);
      }),
    );
  });
});
