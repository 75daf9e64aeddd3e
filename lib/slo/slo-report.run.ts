import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { BudgetSummary } from './budget-summary.schema.ts';
import { summariesOf } from './budget-summary.ts';
import { changedFacts } from './changed-facts.ts';
import {
  readBurnParts,
  readCoverage,
  readDayParts,
  readMonthsWithVerdicts,
  readMonthWindows,
  readSloState,
  type SloState,
} from './counts.store.ts';
import type { SloCounts } from './counts.ts';
import { readCached } from './counts-cache.run.ts';
import { daysBetween, judgedUntil, monthOf, monthsBetween, monthsUpTo, periodOf } from './period.ts';
import { readRecord } from './record.store.ts';
import { objectivesOf, sloReportOf } from './report.ts';
import type { SloPeriod, SloQuery, SloReport } from './slo-report.schema.ts';
import { findSnapshot } from './snapshot.store.ts';

/** Attainment is told of a year: the months up to that of the report. */
const ATTAINMENT_MONTHS = 12;

/**
 * The committee's report of a rollout (DASH-4): of a calendar month of the policy's zone, or of the rolling period up to the
 * newest judged window. A closed month is answered as it was first reported, and says what reads otherwise since. Null for a
 * rollout that does not exist or that the policy does not have. Errors: PolicyError, the database's.
 */
export async function readSloReport(query: SloQuery, now: Date): Promise<SloReport | null> {
  const today = await computeSloReport(query, now);
  if (today?.period.kind !== 'month' || !today.period.closed) return today;
  const kept = await findSnapshot(today.rolloutId, today.period.month);
  if (!kept) return today;
  const { report, path, at } = kept;
  return {
    ...report,
    months: today.months,
    snapshot: { path, at, changedSince: changedFacts(report, today) },
  };
}

/** The report as it reads now, snapshot or not. Errors and null: as {@link readSloReport}. */
export async function computeSloReport(query: SloQuery, now: Date): Promise<SloReport | null> {
  const counted = await readCounted(query, now);
  if (!counted) return null;
  const { period } = counted;
  // What people did up to this very moment belongs into a report that goes up to now.
  const recordTo = period.kind === 'rolling' ? now : new Date(period.to);
  const record = await readRecord(query.rollout, new Date(period.from), recordTo);
  return sloReportOf({ ...counted, rolloutId: query.rollout, record, now });
}

/**
 * The error budgets of the rolling period in short, least left first, for pages that are about more than budgets. Errors and
 * null: as {@link readSloReport}.
 */
export async function readBudgets(rolloutId: string, now: Date): Promise<BudgetSummary[] | null> {
  const counted = await readCounted({ rollout: rolloutId }, now);
  if (!counted) return null;
  const { loaded, rollout, period, counts } = counted;
  return summariesOf(objectivesOf(loaded.policy, rollout, period, counts));
}

/** What is counted of a period, read at most once for each revision of the rollout's verdicts. */
async function readCounted(query: SloQuery, now: Date) {
  const loaded = await loadPolicy();
  const { policy } = loaded;
  // Names come from outside: `__proto__` is none.
  const rollout = Object.hasOwn(policy.rollouts, query.rollout) ? policy.rollouts[query.rollout] : undefined;
  const state = rollout && (await readSloState(query.rollout));
  if (!rollout || !state) return null;
  const { windowSeconds, staleAfterSeconds, latenessSeconds } = policy.cycle;
  const { newestWindowEnd, firstWindowStart, countedFrom } = state;
  const until = judgedUntil({ newestWindowEnd, windowSeconds, staleAfterSeconds, now });
  const period = periodOf({
    month: query.month,
    judgedUntil: until,
    periodSeconds: policy.slo.periodSeconds,
    latenessSeconds,
    zone: policy.timezone,
    now,
  });
  const key = JSON.stringify([query.rollout, period, until, loaded.hash, state.revision]);
  const counts = await readCached(key, () => readCounts(loaded, query.rollout, state, period, until));
  return { loaded, rollout, period, judgedUntil: until, firstWindowStart, countedFrom, counts };
}

async function readCounts(
  { policy }: LoadedPolicy,
  rolloutId: string,
  { newestWindowEnd, firstWindowStart }: SloState,
  period: SloPeriod,
  until: Date,
): Promise<SloCounts> {
  const zone = policy.timezone;
  const [from, to] = [new Date(period.from), new Date(period.to)];
  const days = daysBetween(from, to, zone);
  const lastMonth = period.kind === 'month' ? period.month : monthOf(new Date(to.getTime() - 1), zone);
  const attainmentMonths = monthsUpTo(lastMonth, ATTAINMENT_MONTHS, zone);
  const everyMonth =
    firstWindowStart && newestWindowEnd
      ? monthsBetween(firstWindowStart, new Date(newestWindowEnd.getTime() - 1), zone)
      : [];
  const burnSeconds = policy.slo.burnRates.flatMap(({ longSeconds, shortSeconds }) => [
    longSeconds,
    shortSeconds,
  ]);
  const [dayParts, burnParts, monthWindows, months, coverage] = await Promise.all([
    readDayParts(rolloutId, days),
    period.kind === 'rolling' ? readBurnParts(rolloutId, until, burnSeconds) : [],
    readMonthWindows(rolloutId, attainmentMonths),
    readMonthsWithVerdicts(rolloutId, everyMonth),
    readCoverage(rolloutId, from, to),
  ]);
  return { days, dayParts, burnParts, attainmentMonths, monthWindows, months, coverage };
}
