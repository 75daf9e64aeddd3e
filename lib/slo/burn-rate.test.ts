import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shipped } from '#scripts/test/window-series.ts';
import type { Part } from './budget.ts';
import { burnAlert, burnRate, thresholdRate } from './burn-rate.ts';

const HOUR = 3600;
const DAY = 86_400;
const PERIOD = 30 * DAY;
const PAGE = { severity: 'page', budgetShare: 0.02, longSeconds: HOUR, shortSeconds: 900 } as const;

/** A window in which this share of 100,000 events was bad. */
const share = (badRatio: number, targetRatio = 0.999): Part[] => {
  const badCount = Math.round(badRatio * 100_000);
  return [{ goodCount: 100_000 - badCount, badCount, targetRatio }];
};

describe('the threshold of a burn rate', () => {
  it.each([
    // SRE workbook, chapter 5, table 5-8: long window, share of a budget of 30 d, burn rate.
    { budgetShare: 0.02, longSeconds: HOUR, period: PERIOD, rate: 14.4 },
    { budgetShare: 0.05, longSeconds: 6 * HOUR, period: PERIOD, rate: 6 },
    { budgetShare: 0.1, longSeconds: DAY, period: PERIOD, rate: 3 },
    { budgetShare: 0.1, longSeconds: 3 * DAY, period: PERIOD, rate: 1 },
    // Recomputed for other periods.
    { budgetShare: 0.02, longSeconds: HOUR, period: 28 * DAY, rate: 13.44 },
    { budgetShare: 0.05, longSeconds: 6 * HOUR, period: 7 * DAY, rate: 1.4 },
    { budgetShare: 0.1, longSeconds: 3 * DAY, period: 90 * DAY, rate: 3 },
  ])('is $rate for $budgetShare of $period s in $longSeconds s [DASH-4]', ({ period, rate, ...rule }) => {
    expect(thresholdRate(rule, period)).toBe(rate);
  });

  it('is that of the workbook for the policy as it ships [DASH-4]', () => {
    const { slo } = shipped.policy;
    expect(slo.burnRates.map((rule) => thresholdRate(rule, slo.periodSeconds))).toEqual([14.4, 6, 3, 1]);
  });
});

describe('a burn rate', () => {
  it.each([
    // SRE workbook, chapter 5, table 5-4: burn rate, error rate for 99.9 %, time until a budget of 30 d is gone.
    { rate: 1, errorRatio: 0.001, seconds: 30 * DAY },
    { rate: 2, errorRatio: 0.002, seconds: 15 * DAY },
    { rate: 10, errorRatio: 0.01, seconds: 3 * DAY },
    { rate: 1000, errorRatio: 1, seconds: 2592 }, // 43 minutes
  ])('of $rate spends a full budget in $seconds s [DASH-4]', ({ rate, errorRatio, seconds }) => {
    expect(burnRate(share(errorRatio))).toBe(rate);
    const alert = burnAlert({
      rule: PAGE,
      periodSeconds: PERIOD,
      long: share(errorRatio),
      short: [],
      remainingRatio: 1,
      fromBadCount: 1,
    });
    expect(alert.exhaustedInSeconds).toBe(seconds);
  });

  it('weighs a target that changed within the window', () => {
    // 10 of 1000 + 5 of 1000 may be bad, 30 were.
    const parts = [
      { goodCount: 980, badCount: 20, targetRatio: 0.99 },
      { goodCount: 990, badCount: 10, targetRatio: 0.995 },
    ];
    expect(burnRate(parts)).toBe(2);
  });

  it('is unknown where nothing was counted or nothing may be bad', () => {
    expect(burnRate([])).toBeNull();
    expect(burnRate([{ goodCount: 0, badCount: 0, targetRatio: 0.99 }])).toBeNull();
    expect(burnRate([{ goodCount: 5, badCount: 1, targetRatio: 1 }])).toBeNull();
  });
});

describe('an alert', () => {
  const fires = (long: Part[], short: Part[], fromBadCount = 1) =>
    burnAlert({ rule: PAGE, periodSeconds: PERIOD, long, short, remainingRatio: 0.5, fromBadCount }).firing;

  it('fires from the threshold on, in both windows [DASH-4]', () => {
    const [at, below] = [share(0.0144), share(0.01439)];
    expect(fires(at, at)).toBe(true);
    expect(fires(below, at)).toBe(false);
    expect(fires(at, below)).toBe(false);
  });

  it('does not fire where one window has nothing counted', () => {
    expect(fires(share(1), [])).toBe(false);
    expect(fires([], share(1))).toBe(false);
  });

  it('fires at any bad one where nothing may be bad', () => {
    const one = [{ goodCount: 1000, badCount: 1, targetRatio: 1 }];
    const none = [{ goodCount: 1000, badCount: 0, targetRatio: 1 }];
    expect([fires(one, one, 5), fires(one, none, 5), fires(none, none, 5)]).toEqual([true, false, false]);
  });

  it('is not set off by fewer bad ones than the policy calls a trend [DASH-4]', () => {
    // One of the four windows of an hour was missed: 25 times too fast for 99 %, and no trend.
    const hour = (badCount: number) => [{ goodCount: 4 - badCount, badCount, targetRatio: 0.99 }];
    const now = [{ goodCount: 0, badCount: 1, targetRatio: 0.99 }];
    expect([fires(hour(1), now, 2), fires(hour(2), now, 2)]).toEqual([false, true]);
    const { windows, events } = shipped.policy.slo.alertFromBad;
    expect([windows, events]).toEqual([2, 3]);
    const alert = burnAlert({
      rule: PAGE,
      periodSeconds: PERIOD,
      long: hour(1),
      short: now,
      remainingRatio: 1,
      fromBadCount: 2,
    });
    expect(alert).toMatchObject({ longBurnRate: 25, firing: false, tooFew: true });
  });

  it.each([
    { name: 'below rate 1', badRatio: 0.0009, remaining: 1, seconds: null },
    { name: 'half a budget at rate 2', badRatio: 0.002, remaining: 0.5, seconds: 7.5 * DAY },
    { name: 'nothing left', badRatio: 0.002, remaining: 0, seconds: null },
    { name: 'overspent', badRatio: 0.002, remaining: -2, seconds: null },
    { name: 'nothing counted', badRatio: 0.002, remaining: null, seconds: null },
  ])('says when the budget is gone: $name', ({ badRatio, remaining, seconds }) => {
    const parts = share(badRatio);
    const alert = burnAlert({
      rule: PAGE,
      periodSeconds: PERIOD,
      long: parts,
      short: parts,
      remainingRatio: remaining,
      fromBadCount: 1,
    });
    expect(alert.exhaustedInSeconds).toBe(seconds);
  });

  it('is made of finite numbers whatever was counted', () => {
    const counted = fc.array(
      fc.record({
        goodCount: fc.nat(),
        badCount: fc.nat(),
        targetRatio: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(
        counted,
        counted,
        fc.option(fc.double({ min: -1e6, max: 1, noNaN: true })),
        (long, short, left) => {
          const alert = burnAlert({
            rule: PAGE,
            periodSeconds: PERIOD,
            long,
            short,
            remainingRatio: left,
            fromBadCount: 1,
          });
          for (const value of [alert.longBurnRate, alert.shortBurnRate, alert.exhaustedInSeconds])
            expect(value === null || Number.isFinite(value)).toBe(true);
          if (alert.longBurnRate !== null && alert.firing)
            expect(alert.longBurnRate).toBeGreaterThanOrEqual(alert.thresholdRate - 1e-9);
        },
      ),
    );
  });
});
