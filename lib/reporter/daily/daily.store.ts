import { z } from 'zod';
import { MetricVerdictSchema, VerdictKindSchema } from '#lib/analyzer/index.ts';
import type { Transaction } from '#lib/database/server.ts';
import { DecisionSchema } from '#lib/rollouts/index.ts';
import type { DailyFacts } from './daily-values.ts';
import type { Day } from './day.ts';

type Stored = Omit<DailyFacts, 'policy' | 'locale' | 'day' | 'appUrl'>;

/** What the tables say of a day; open tasks as they stand at its end. Errors: the database's. */
export async function loadDay(tx: Transaction, { from, to }: Day): Promise<Stored> {
  const within = { gte: from, lt: to };
  const verdicts = await tx.verdict.findMany({
    where: { windowStart: within, isLatest: true },
    orderBy: [{ rolloutId: 'asc' }, { phase: 'asc' }, { windowStart: 'asc' }],
    select: { rolloutId: true, phase: true, verdict: true, metrics: true },
  });
  const rollbacks = await tx.phaseChange.findMany({
    where: { kind: 'rollback', createdAt: within },
    orderBy: { createdAt: 'asc' },
  });
  const deliveries = await tx.delivery.groupBy({
    by: ['channel', 'state'],
    where: { createdAt: within, message: { dryRun: false } },
    _count: true,
    orderBy: [{ channel: 'asc' }, { state: 'asc' }],
  });
  const excluded = await tx.telemetryWindow.groupBy({
    by: ['rolloutId', 'tagSet'],
    // One row of each kind of event counts it; the others aggregate its fields.
    where: { windowStart: within, tagSet: { not: '' }, field: '' },
    _sum: { count: true },
    orderBy: [{ rolloutId: 'asc' }, { tagSet: 'asc' }],
  });
  const incidents = await tx.incident.findMany({
    where: { openedAt: { lt: to }, OR: [{ closedAt: null }, { closedAt: { gte: to } }] },
    orderBy: { number: 'asc' },
  });
  const reviews = await tx.review.findMany({
    where: { openedAt: { lt: to }, OR: [{ closedAt: null }, { closedAt: { gte: to } }] },
    orderBy: { openedAt: 'asc' },
    include: { signatures: true },
  });
  return {
    windows: verdicts.map(({ verdict, metrics, ...row }) => ({
      ...row,
      verdict: VerdictKindSchema.parse(verdict),
      metrics: z.array(MetricVerdictSchema).parse(metrics),
    })),
    rollbacks: rollbacks.map(({ rolloutId, fromPhase, toPhase, actorName, trigger, reason, createdAt }) => ({
      rolloutId,
      fromPhase,
      toPhase,
      actorName,
      trigger,
      reason,
      at: createdAt,
    })),
    deliveries: deliveries.map(({ channel, state, _count }) => ({ channel, state, count: _count })),
    excluded: excluded.map(({ rolloutId, tagSet, _sum }) => ({
      rolloutId,
      tagSet,
      count: Number(_sum.count ?? 0n),
    })),
    incidents,
    reviews: reviews.map(({ rolloutId, reason, needed, signatures }) => ({
      rolloutId,
      reason,
      needed,
      signed: signatures.length,
    })),
    heldGates: await heldGates(tx, to),
  };
}

async function heldGates(tx: Transaction, before: Date): Promise<DailyFacts['heldGates']> {
  const rollouts = await tx.rollout.findMany({ orderBy: { id: 'asc' }, select: { id: true } });
  const newest = await Promise.all(
    rollouts.map(({ id: rolloutId }) =>
      tx.rolloutDecision.findFirst({
        where: { rolloutId, decidedAt: { lt: before } },
        orderBy: { decidedAt: 'desc' },
      }),
    ),
  );
  return newest.flatMap((row) => {
    const decision = DecisionSchema.safeParse(row?.body).data;
    const gates = decision?.gates.filter(({ state }) => state !== 'met').map(({ id }) => id) ?? [];
    return row && gates.length > 0 ? [{ rolloutId: row.rolloutId, phase: row.phase, gates }] : [];
  });
}
