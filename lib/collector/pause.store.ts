import { database, inTransaction, publishLive } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';

/** Somebody has stopped the reading of sources (COL-9). */
export type CollectionPause = { id: string; since: Date; reason: string; personName: string };

/** The pause of collection that is in force, or null (COL-9). Ordered and ended as stop orders, in lib/rollouts/stops. */
export async function collectionPause(now: Date): Promise<CollectionPause | null> {
  const order = await database().stopOrder.findFirst({
    where: { kind: 'collection', endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
    select: { id: true, orderedAt: true, reason: true, personName: true },
  });
  return (
    order && { id: order.id, since: order.orderedAt, reason: order.reason, personName: order.personName }
  );
}

/** Changes with every pause: what was handed on before one and not done is handed on again after it. '' before the first. */
export async function pauseMark(): Promise<string> {
  const { _max } = await database().stopOrder.aggregate({
    where: { kind: 'collection' },
    _max: { epoch: true },
  });
  return _max.epoch === null ? '' : `:p${_max.epoch}`;
}

/** Puts on record, once, that a pause is longer than it should be. Returns whether this call did. */
export async function recordLongPause(
  pause: CollectionPause,
  warnAfterSeconds: number,
  now: Date,
): Promise<boolean> {
  return inTransaction(async (tx) => {
    const { count } = await tx.stopOrder.updateMany({
      where: { id: pause.id, warnedAt: null, endedAt: null },
      data: { warnedAt: now },
    });
    if (count === 0) return false;
    await publishLive(tx, { topic: 'stop' });
    await publishLive(tx, { topic: 'cycle' });
    await appendAudit(tx, {
      actor: { id: 'system', name: 'Phasegate' },
      action: 'collector.paused_long',
      subject: `stop:${pause.id}`,
      reason: pause.reason,
      details: { since: pause.since.toISOString(), by: pause.personName, warnAfterSeconds },
      at: now,
    });
    return true;
  });
}
