import { database, inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import type { EventCatalogue, Policy } from '#lib/policy/index.ts';
import { storing } from './batch.store.ts';
import { type CycleOrigin, type CycleStage, missedSlot, missingCycles } from './cycles.ts';

export type CycleState = 'due' | 'collected' | 'analyzed' | 'reported';
export type CycleRow = { windowStart: Date; windowEnd: Date; origin: CycleOrigin; state: CycleState };

const STATE_AFTER = {
  collect: 'collected',
  analyze: 'analyzed',
  report: 'reported',
} as const satisfies Record<CycleStage, CycleState>;
const ORDER = ['due', 'collected', 'analyzed', 'reported'] as const satisfies readonly CycleState[];
/** A count and the analysis that should have seen it may overlap by no more than this. */
const OVERLAP_SECONDS = 5;

type StoredCycle = { windowStart: Date; windowEnd: Date; origin: string; state: string };
const fromRow = (row: StoredCycle): CycleRow => ({
  windowStart: row.windowStart,
  windowEnd: row.windowEnd,
  origin: row.origin === 'scheduled' ? 'scheduled' : 'catch_up',
  state: ORDER.find((state) => state === row.state) ?? 'due',
});

/** Whether any window was ever planned; before that, the first look at the sources decides where history begins. */
export async function anyCycle(): Promise<boolean> {
  return (await database().cycle.findFirst({ select: { windowStart: true } })) !== null;
}

/** Adds a row for each window that is missing one (COL-3); ticks that come together add each once. */
export async function insertMissingCycles(
  now: Date,
  { policy, catalogue }: { policy: Policy; catalogue: EventCatalogue },
): Promise<number> {
  const newest = await database().cycle.findFirst({
    orderBy: { windowStart: 'desc' },
    select: { windowStart: true },
  });
  const internal = Object.entries(catalogue.events).flatMap(([name, e]) => (e.internal ? [name] : []));
  const oldest = newest
    ? null
    : await database().telemetryWindow.aggregate({
        _min: { windowStart: true },
        where: { event: { notIn: internal } },
      });
  const known = {
    newestPlanned: newest?.windowStart ?? null,
    oldestTelemetry: oldest?._min.windowStart ?? null,
  };
  const missing = missingCycles(known, now, policy.cycle);
  if (missing.length === 0) return 0;
  return inTransaction(async (tx) => {
    const { count } = await tx.cycle.createMany({
      data: missing.map((cycle) => ({ ...cycle, createdAt: now })),
      skipDuplicates: true,
    });
    if (count > 0) await publishLive(tx, { topic: 'cycle' });
    return count;
  });
}

/** Windows that are due are made up for from now on: something else than the Collector holds them up. */
export async function scheduleNoMore(): Promise<void> {
  await database().cycle.updateMany({
    where: { state: 'due', origin: 'scheduled' },
    data: { origin: 'catch_up' },
  });
}

/** The windows whose pipeline has not ended, oldest first. */
export async function unfinishedCycles(): Promise<CycleRow[]> {
  const rows = await database().cycle.findMany({
    where: { state: { not: 'reported' } },
    orderBy: { windowStart: 'asc' },
  });
  return rows.map(fromRow);
}

/** The cycle of one window; null: nobody has planned it. */
export async function loadCycle(windowStart: Date): Promise<CycleRow | null> {
  const row = await database().cycle.findUnique({ where: { windowStart } });
  return row ? fromRow(row) : null;
}

/** Adds the row of one window outside the plan, for a collection asked for by a person. */
export async function ensureCycle(windowStart: Date, windowEnd: Date, now: Date): Promise<CycleRow> {
  await database().cycle.createMany({
    data: [{ windowStart, windowEnd, origin: 'catch_up', createdAt: now }],
    skipDuplicates: true,
  });
  return fromRow(await database().cycle.findUniqueOrThrow({ where: { windowStart } }));
}

/**
 * Records that a stage of a window has ended (COL-4); a scheduled window that missed the stage's deadline keeps that. Stages
 * only move forward; a repeated analysis (COL-6) renews its time. Returns whether the deadline was missed just now; `onMissed`
 * then comes last in the same transaction.
 * Errors: NotFound of Prisma when the window has no cycle.
 */
export async function recordStage(
  stage: CycleStage,
  windowStart: Date,
  endedAt: Date,
  policy: Policy,
  onMissed: (tx: Transaction, windowEnd: Date) => Promise<void>,
): Promise<{ missedDeadline: boolean }> {
  const row = fromRow(await database().cycle.findUniqueOrThrow({ where: { windowStart } }));
  const state = STATE_AFTER[stage];
  const first = ORDER.indexOf(row.state) < ORDER.indexOf(state);
  const isLate =
    first && row.origin === 'scheduled' && missedSlot(stage, row.windowEnd, endedAt, policy.cycle);
  return await storing(async (tx) => {
    if (stage === 'analyze')
      await tx.$executeRaw`UPDATE cycle SET analyzed_at = clock_timestamp() WHERE window_start = ${windowStart}`;
    if (!first) return { missedDeadline: false };
    const { count } = await tx.cycle.updateMany({
      where: { windowStart, state: row.state },
      data: {
        state,
        ...(stage === 'collect' ? { collectedAt: endedAt } : {}),
        ...(stage === 'report' ? { reportedAt: endedAt } : {}),
        ...(isLate ? { missedSlots: { push: stage } } : {}),
      },
    });
    if (count === 0) return { missedDeadline: false };
    await publishLive(tx, { topic: 'cycle' });
    if (isLate) await onMissed(tx, row.windowEnd);
    return { missedDeadline: isLate };
  });
}

/**
 * Windows that were judged before something was added to them, or before a source that was missing in them could be read
 * again (COL-5), and are young enough to be judged again (COL-6). Read from
 * the data, so that no crash between counting and judging can lose one.
 */
export async function touchedWindows(now: Date, policy: Policy): Promise<Date[]> {
  const since = new Date(now.getTime() - policy.cycle.latenessSeconds * 1000);
  const rollouts = Object.keys(policy.rollouts);
  const rows = await database().$queryRaw<{ window_start: Date }[]>`
    SELECT c.window_start FROM cycle AS c
    WHERE c.state IN ('analyzed', 'reported') AND c.window_end >= ${since}
      AND (EXISTS (SELECT 1 FROM telemetry_window AS w
                   WHERE w.rollout_id = ANY(${rollouts}) AND w.window_start = c.window_start
                     AND w.updated_at > c.analyzed_at - make_interval(secs => ${OVERLAP_SECONDS}))
        OR EXISTS (SELECT 1 FROM telemetry_source AS s
                   WHERE s.failing_since < c.window_end
                     AND s.recovered_at > c.analyzed_at - make_interval(secs => ${OVERLAP_SECONDS})))
    ORDER BY c.window_start`;
  return rows.map((row) => row.window_start);
}
