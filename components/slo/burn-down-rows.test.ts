import { describe, expect, it } from 'vitest';
import { burnDownRows, burnDownTable, civilMs, dayMs, isCutOff, leftTicks } from './burn-down-rows.ts';
import { objectiveOf } from './slo-report.fixture.ts';

const points = (badPerDay: readonly (number | null)[]) =>
  objectiveOf({ phase: 'A', metric: 'm' }, badPerDay).burnDown;
const ALWAYS = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

describe('the burn-down as chart rows [DASH-4]', () => {
  it('begins at 100 % and tells what is left at the end of each day', () => {
    const rows = burnDownRows(points([5, 5]), ALWAYS);
    expect(rows.map(({ at, left }) => [at, left])).toEqual([
      [dayMs('2026-10-01'), 1],
      [dayMs('2026-10-02'), 0.75],
      [dayMs('2026-10-03'), 0.5],
    ]);
  });

  it('draws days without counts as a hole, and goes on after it where the budget stood', () => {
    const rows = burnDownRows(points([5, null, null, 10]), ALWAYS);
    expect(rows.map(({ left }) => left)).toEqual([1, 0.75, null, 0.75, 0.25]);
    expect(rows[2]?.at).toBe(dayMs('2026-10-02'));
    expect(rows[3]?.at).toBe(dayMs('2026-10-04'));
  });

  it('has nothing to draw where nothing was counted', () => {
    expect(burnDownRows(points([null, null]), ALWAYS)).toEqual([]);
  });

  it('parts the areas exactly where the budget is gone', () => {
    const rows = burnDownRows(points([10, 30]), ALWAYS);
    const zero = rows.find(({ left }) => left === 0);
    // From +0.5 to -1 within the day: a third of it.
    expect(zero?.at).toBe(dayMs('2026-10-02') + 86_400_000 / 3);
    expect(rows.at(-1)).toMatchObject({ left: -1, above: 0, below: -1 });
    expect(rows[1]).toMatchObject({ left: 0.5, above: 0.5, below: 0 });
  });

  it('begins and ends days that are not whole with the span of the report', () => {
    const hour = 3_600_000;
    const span = [dayMs('2026-10-01') + hour, dayMs('2026-10-02') + hour] as const;
    expect(burnDownRows(points([5, 5]), span).map(({ at }) => at)).toEqual([
      span[0],
      dayMs('2026-10-02'),
      span[1],
    ]);
  });

  it('always shows zero and 100 % on its axis, and cuts off what lies too deep', () => {
    const axis = (bad: number[]) => leftTicks(burnDownRows(points(bad), ALWAYS));
    expect(axis([0])).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(axis([12])).toEqual([-0.25, 0, 0.25, 0.5, 0.75, 1]);
    expect(axis([20])).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(axis([500])).toEqual([-2, -1, 0, 1]);
    expect(isCutOff(points([500]))).toBe(true);
    expect(isCutOff(points([30]))).toBe(false);
  });

  it('puts an instant on the day of the policy, not of UTC', () => {
    expect(civilMs('2026-10-31T15:00:00Z', 'Asia/Tokyo')).toBe(dayMs('2026-11-01'));
    expect(civilMs('2026-10-31T14:59:59Z', 'Asia/Tokyo')).toBe(dayMs('2026-11-01') - 1_000);
  });
});

it('joins days without counts into one row of the table [DASH-4]', () => {
  expect(burnDownTable(points([null, null, 5, null]))).toMatchObject([
    { kind: 'gap', from: '2026-10-01', to: '2026-10-02', days: 2 },
    { kind: 'day', point: { day: '2026-10-03', badCount: 5 } },
    { kind: 'gap', from: '2026-10-04', to: '2026-10-04', days: 1 },
  ]);
});
