import { publishLive, type Transaction } from '#lib/database/server.ts';
import type { IncidentRow } from '../incident.store.ts';
import { type NewTimelineEntry, type TimelineEntry, TimelineEntrySchema } from './timeline.schema.ts';
import { deliveryEntry, type EndedDelivery, timelineOf } from './timeline.ts';

/** Puts on record what is not yet. Returns how many entries were new. */
export async function writeTimeline(
  tx: Transaction,
  incidentId: string,
  entries: readonly NewTimelineEntry[],
): Promise<number> {
  const { count } = await tx.incidentEvent.createMany({
    data: entries.map((entry) => ({ ...entry, incidentId })),
    skipDuplicates: true,
  });
  return count;
}

/**
 * Puts on an incident's timeline how a delivery has ended, in the transaction in which it does: an incident that is closed is
 * taken no further, and what reaches people after that is told of all the same (INC-1).
 */
export async function noteDelivery(
  tx: Transaction,
  incident: { id: string; rolloutId: string | null },
  delivery: EndedDelivery,
): Promise<void> {
  const { id, rolloutId } = incident;
  const told = await writeTimeline(tx, id, deliveryEntry(id, delivery));
  if (told > 0) await publishLive(tx, { topic: 'incident', ...(rolloutId === null ? {} : { rolloutId }) });
}

/** Brings an incident's timeline up to what the tables say. Returns how many entries were new. */
export async function followTimeline(tx: Transaction, row: IncidentRow): Promise<number> {
  const { id, rolloutId, openedAt, phase, cause, severity } = row;
  const since = { gte: openedAt, ...(row.closedAt ? { lte: row.closedAt } : {}) };
  const [verdicts, deliveries, requests, changes, stops, reports] = await Promise.all([
    verdictsSince(tx, row),
    tx.delivery.findMany({
      where: { message: { incidentId: id, dryRun: false }, endedAt: { not: null } },
      include: { message: { select: { kind: true } } },
    }),
    tx.rollbackRequest.findMany({ where: { rolloutId, openedAt: since } }),
    tx.phaseChange.findMany({ where: { rolloutId, createdAt: since } }),
    tx.stopOrder.findMany({ where: { scope: { in: ['*', rolloutId] }, orderedAt: since } }),
    tx.reportFile.findMany({
      where: { incidentId: id },
      select: { path: true, kind: true, createdAt: true },
    }),
  ]);
  const incident = { id, openedAt, phase, cause, severity };
  return await writeTimeline(
    tx,
    id,
    timelineOf({ incident, verdicts, deliveries, requests, changes, stops, reports }),
  );
}

const VERDICT = {
  id: true,
  phase: true,
  verdict: true,
  sloMet: true,
  windowStart: true,
  revision: true,
  createdAt: true,
} as const;

/** From the verdict that opened the incident on, in the order in which they were given. */
async function verdictsSince(tx: Transaction, { rolloutId, verdictId, openedAt }: IncidentRow) {
  const first = verdictId
    ? await tx.verdict.findUnique({ where: { id: verdictId }, select: { createdAt: true } })
    : null;
  return await tx.verdict.findMany({
    where: { rolloutId, createdAt: { gte: first?.createdAt ?? openedAt } },
    orderBy: [{ createdAt: 'asc' }, { windowStart: 'asc' }, { revision: 'asc' }],
    select: VERDICT,
  });
}

/** The timeline as it is on record, oldest first. */
export async function readTimeline(
  tx: Pick<Transaction, 'incidentEvent'>,
  incidentId: string,
): Promise<TimelineEntry[]> {
  const rows = await tx.incidentEvent.findMany({
    where: { incidentId },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ id, at, kind, actorName, details }) =>
    TimelineEntrySchema.parse({ id, at: at.toISOString(), kind, actorName, details }),
  );
}
