import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { database, disconnectDatabase, type Prisma } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { readSloReport } from './server.ts';
import type { SloReport } from './slo-report.schema.ts';

// What the report says, counted a second time and by another way: row by row in whole numbers, months by the fixed distance of
// Tokyo from UTC. Targets are thousandths here, so that nothing is compared through binary fractions.
const ID = 'autosave';
const WINDOW_MS = 900_000;
const TOKYO_MS = 9 * 3_600_000;
const PERIOD_MS = 30 * 86_400_000;
const STALE_MS = 20 * 60_000;
/** 00:00 on 1 December in Tokyo. */
const MIDNIGHT = Date.parse('2026-11-30T15:00:00.000Z');
const METRICS = ['save_error_rate', 'collector_latency'] as const;
const HASH = 'of the test';

type Slice = { metric: string; good: number; bad: number; thousandths: number };
type Window = { start: number; phase: string; met: boolean | null; revised: boolean; slices: Slice[] };

const slice = fc.record({
  good: fc.oneof(fc.constant(0), fc.nat(2000)),
  bad: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(60)),
  thousandths: fc.constantFrom(990, 995, 950, 1000),
});
const window = fc.record({
  // Around the boundary of two months, at the end of the data, and anywhere in 100 days.
  place: fc.oneof(
    fc.integer({ min: -40, max: 40 }),
    fc.integer({ min: -400, max: 0 }),
    fc.integer({ min: -9600, max: 0 }),
  ),
  phase: fc.constantFrom('A', 'B', 'C'),
  met: fc.option(fc.boolean()),
  revised: fc.boolean(),
  slices: fc.tuple(fc.option(slice), fc.option(slice)),
});
const example = fc.record({
  windows: fc.uniqueArray(window, {
    minLength: 1,
    maxLength: 60,
    selector: ({ place, phase }) => `${place} ${phase}`,
  }),
  lateByMs: fc.constantFrom(180_000, STALE_MS, STALE_MS + 1, 5 * 3_600_000),
});

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(new Date(MIDNIGHT - 200 * 86_400_000));
});
afterAll(disconnectDatabase);

async function store(windows: readonly Window[]): Promise<void> {
  await database().$transaction(async (tx) => {
    await tx.$executeRaw`DELETE FROM verdict`;
    await tx.$executeRaw`DELETE FROM slo_slice`;
    const verdict = (each: Window, revision: number, isLatest: boolean, sloMet: boolean | null) => ({
      rolloutId: ID,
      phase: each.phase,
      windowStart: new Date(each.start),
      windowEnd: new Date(each.start + WINDOW_MS),
      revision,
      isLatest,
      verdict: sloMet === null ? 'insufficient_data' : sloMet ? 'pass' : 'violation',
      sloMet,
      breach: false,
      rollbackRequired: false,
      rollbackTo: null,
      notifyLevel: 'none',
      retryableFailures: 0n,
      policyHash: HASH,
      inputHash: `${each.start} ${revision}`,
      metrics: [] as Prisma.InputJsonArray,
    });
    await tx.verdict.createMany({
      data: windows.flatMap((each) => [
        // What was said first, and said otherwise once late telemetry had come.
        ...(each.revised ? [verdict(each, 1, false, each.met === null ? true : !each.met)] : []),
        verdict(each, each.revised ? 2 : 1, true, each.met),
      ]),
    });
    await tx.sloSlice.createMany({
      data: windows.flatMap(({ start, phase, slices }) =>
        slices.map(({ metric, good, bad, thousandths }) => ({
          rolloutId: ID,
          phase,
          metric,
          windowStart: new Date(start),
          basis: metric === 'save_error_rate' ? 'events' : 'windows',
          goodCount: BigInt(good),
          badCount: BigInt(bad),
          targetRatio: thousandths / 1000,
          policyHash: HASH,
        })),
      ),
    });
    await tx.$executeRaw`
      INSERT INTO slo_revision AS r (rollout_id, revision) VALUES (${ID}, 1)
      ON CONFLICT (rollout_id) DO UPDATE SET revision = r.revision + 1`;
  });
}

/** Allowed ones in thousandths of one. */
function total(slices: readonly Slice[]) {
  let [good, bad, allowedThousandths] = [0, 0, 0];
  for (const each of slices) {
    good += each.good;
    bad += each.bad;
    allowedThousandths += (each.good + each.bad) * (1000 - each.thousandths);
  }
  return { good, bad, allowedThousandths };
}

function leftOf({ good, bad, allowedThousandths }: ReturnType<typeof total>): number | null {
  if (good + bad === 0) return null;
  if (allowedThousandths === 0) return bad > 0 ? 0 : 1;
  return (allowedThousandths - bad * 1000) / allowedThousandths;
}

const within = (windows: readonly Window[], from: number, to: number) =>
  windows.filter(({ start }) => start >= from && start < to);
const of = (windows: readonly Window[], metric: string, phase: string) =>
  windows
    .filter((each) => each.phase === phase)
    .flatMap(({ slices }) => slices.filter((s) => s.metric === metric));
const tokyo = (ms: number) => new Date(ms + TOKYO_MS).toISOString();
const near = (value: number | null | undefined, expected: number | null) =>
  expected === null ? expect(value).toBeNull() : expect(value).toBeCloseTo(expected, 8);

type Rule = { tenths: number; longMs: number; shortMs: number };
const HOUR_MS = 3_600_000;
/** The workbook's table for 30 days. */
const RULES: Rule[] = [
  { tenths: 144, longMs: HOUR_MS, shortMs: WINDOW_MS },
  { tenths: 60, longMs: 6 * HOUR_MS, shortMs: 2 * WINDOW_MS },
  { tenths: 30, longMs: 24 * HOUR_MS, shortMs: 2 * HOUR_MS },
  { tenths: 10, longMs: 72 * HOUR_MS, shortMs: 6 * HOUR_MS },
];
const LEAST = { save_error_rate: 3, collector_latency: 2 };

function isFast(sums: ReturnType<typeof total>, tenths: number): boolean {
  if (sums.allowedThousandths === 0) return sums.bad > 0;
  // bad ÷ allowed >= threshold, in whole numbers
  return sums.bad * 10_000 >= sums.allowedThousandths * tenths;
}

function checkBudgets(report: SloReport, windows: readonly Window[], from: number, to: number): void {
  const inPeriod = within(windows, from, to);
  for (const { phase, metric, budget, burnDown } of report.objectives) {
    const sums = total(of(inPeriod, metric, phase));
    expect([phase, metric, budget.goodCount, budget.badCount]).toEqual([phase, metric, sums.good, sums.bad]);
    near(budget.allowedBadCount, sums.allowedThousandths / 1000);
    near(budget.remainingRatio, leftOf(sums));
    near(budget.attainedRatio, sums.good + sums.bad === 0 ? null : sums.good / (sums.good + sums.bad));
    const left = leftOf(sums);
    expect(budget.state).toBe(
      left === null
        ? 'unknown'
        : left > 0.75
          ? 'healthy'
          : left > 0.5
            ? 'observe'
            : left > 0.25
              ? 'attention'
              : left > 0
                ? 'unhealthy'
                : 'exhausted',
    );
    let spent = 0;
    for (const { day, goodCount, badCount, remainingRatio } of burnDown) {
      const today = total(
        of(
          inPeriod.filter(({ start }) => tokyo(start).startsWith(day)),
          metric,
          phase,
        ),
      );
      spent += today.bad;
      expect([day, goodCount, badCount]).toEqual([day, today.good, today.bad]);
      near(remainingRatio, today.good + today.bad === 0 ? null : leftOf({ ...sums, bad: spent }));
    }
  }
  // Nothing that was counted is missing.
  const counted = new Set(
    inPeriod.flatMap(({ phase, slices }) => slices.map(({ metric }) => `${phase} ${metric}`)),
  );
  const told = new Set(report.objectives.map(({ phase, metric }) => `${phase} ${metric}`));
  expect([...counted].filter((name) => !told.has(name))).toEqual([]);
}

function checkAlerts(report: SloReport, windows: readonly Window[], until: number): void {
  for (const { phase, metric, alerts, budget } of report.objectives) {
    if (metric !== 'save_error_rate' && metric !== 'collector_latency') continue;
    expect(alerts).toHaveLength(RULES.length);
    RULES.forEach(({ tenths, longMs, shortMs }, i) => {
      const long = total(of(within(windows, until - longMs, until), metric, phase));
      const short = total(of(within(windows, until - shortMs, until), metric, phase));
      const alert = alerts[i];
      expect(alert?.thresholdRate).toBe(tenths / 10);
      const rate = long.allowedThousandths === 0 ? null : (long.bad * 1000) / long.allowedThousandths;
      near(alert?.longBurnRate, rate);
      const fast = isFast(long, tenths) && isFast(short, tenths);
      const enough = long.allowedThousandths === 0 || long.bad >= LEAST[metric];
      expect([phase, metric, i, alert?.firing, alert?.tooFew]).toEqual([
        phase,
        metric,
        i,
        fast && enough,
        fast && !enough,
      ]);
      const left = budget.remainingRatio;
      const gone = rate !== null && rate >= 1 && left !== null && left > 0;
      if (gone) expect(alert?.exhaustedInSeconds).toBeCloseTo((left * PERIOD_MS) / 1000 / rate, -1);
      else expect(alert?.exhaustedInSeconds).toBeNull();
    });
  }
}

function checkAttainment(report: SloReport, windows: readonly Window[], last: string): void {
  const rows = new Map<string, { met: number; told: number; untold: number }>();
  for (const { start, phase, met } of windows) {
    const month = tokyo(start).slice(0, 7);
    if (month > last) continue;
    const row = rows.get(`${month} ${phase}`) ?? { met: 0, told: 0, untold: 0 };
    if (met === null) row.untold += 1;
    else row.told += 1;
    if (met) row.met += 1;
    rows.set(`${month} ${phase}`, row);
  }
  const said = report.attainment.map(
    ({ month, phase, metWindows, toldWindows, untoldWindows }) =>
      [`${month} ${phase}`, { met: metWindows, told: toldWindows, untold: untoldWindows }] as const,
  );
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(rows));
}

it('says what a second count of the same windows says: budgets, burn rates, months, coverage [DASH-4] [COL-6]', async () => {
  const { policy } = await loadPolicy();
  expect(policy.cycle.staleAfterSeconds * 1000).toBe(STALE_MS);
  await fc.assert(
    fc.asyncProperty(example, async ({ windows: drawn, lateByMs }) => {
      const windows = drawn.map(
        ({ place, slices, ...each }): Window => ({
          ...each,
          start: MIDNIGHT + place * WINDOW_MS,
          slices: slices.flatMap((one, i) => (one ? [{ ...one, metric: METRICS[i] ?? '' }] : [])),
        }),
      );
      await store(windows);
      const newestEnd = Math.max(...windows.map(({ start }) => start)) + WINDOW_MS;
      const first = Math.min(...windows.map(({ start }) => start));
      const now = newestEnd + lateByMs;
      const until = lateByMs > STALE_MS ? Math.floor(now / WINDOW_MS) * WINDOW_MS : newestEnd;
      const rolling = await readSloReport({ rollout: ID }, new Date(now));
      if (!rolling) throw new Error('no report');
      expect(Date.parse(rolling.period.to)).toBe(until);
      const from = until - PERIOD_MS;
      checkBudgets(rolling, windows, from, until);
      checkAlerts(rolling, windows, until);
      checkAttainment(rolling, windows, tokyo(until - 1).slice(0, 7));
      expect(rolling.coverage).toEqual({
        expectedWindows: (until - Math.max(from, first)) / WINDOW_MS,
        judgedWindows: new Set(within(windows, from, until).map(({ start }) => start)).size,
        toldWindows: new Set(
          within(windows, from, until)
            .filter(({ met }) => met !== null)
            .map(({ start }) => start),
        ).size,
      });
      const months = [...new Set(windows.map(({ start }) => tokyo(start).slice(0, 7)))].sort().reverse();
      expect(rolling.months).toEqual(months);
      for (const month of months) {
        const report = await readSloReport({ rollout: ID, month }, new Date(now));
        if (report?.period.kind !== 'month') throw new Error('no report of a month');
        const [year = 0, number = 0] = month.split('-').map(Number);
        const start = Date.UTC(year, number - 1, 1) - TOKYO_MS;
        const end = Date.UTC(year, number, 1) - TOKYO_MS;
        expect([Date.parse(report.period.from), Date.parse(report.period.to)]).toEqual([start, end]);
        expect(report.period.closed).toBe(end + policy.cycle.latenessSeconds * 1000 <= now);
        checkBudgets(report, windows, start, end);
        checkAttainment(report, windows, month);
        expect(report.objectives.every(({ alerts }) => alerts.length === 0)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});
