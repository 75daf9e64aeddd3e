import { z } from 'zod';
import { database, inTransaction, Prisma, publishLive, type Transaction } from '#lib/database/server.ts';
import { noteDelivery } from '#lib/incidents/server.ts';
import type { SendResult } from '#lib/integrations/index.ts';
import { LevelSchema } from '#lib/outbox/index.ts';
import type { CircuitRule, LoadedPolicy } from '#lib/policy/index.ts';
import { type AfterAttempt, afterAttempt, circuitAfter, fallbackOf } from './after-attempt.ts';

/** Longer than anything takes from its renewal to the end of the attempt; after it the holder is taken for dead. */
const LEASE_MS = 60_000;

const ClaimSchema = z.strictObject({
  deliveryId: z.uuid(),
  messageId: z.uuid(),
  kind: z.string(),
  level: LevelSchema,
  rolloutId: z.string().nullable(),
  phase: z.string().nullable(),
  incidentId: z.uuid().nullable(),
  values: z.record(z.string(), z.json()),
  dryRun: z.boolean(),
  createdAt: z.date(),
  channel: z.string(),
  sink: z.string(),
  attempt: z.int().positive(),
  /** How many attempts there were before a person had it sent again; 0: nobody did. */
  askedAfter: z.int().nonnegative(),
  fence: z.int().positive(),
  startedAt: z.date(),
  /** An earlier attempt may have arrived: look for it before sending. */
  mayHaveArrived: z.boolean(),
});
/** One delivery that this process alone may try now. */
export type DeliveryClaim = z.infer<typeof ClaimSchema>;

/**
 * Takes the oldest delivery that is due (REP-3), or null. In order: of one message the channel before must have ended, or have
 * been tried, or been kept from it, for `holdsNextForSeconds`; of one incident and channel the message before must have ended.
 * Channels whose circuit is open wait. A lease that ran out is taken over, and
 * what its holder sent may have arrived. Several processes never take the same.
 */
export function claimDelivery(
  now: Date,
  { holdsNextForSeconds }: Pick<CircuitRule, 'holdsNextForSeconds'>,
): Promise<DeliveryClaim | null> {
  const heldSince = new Date(now.getTime() - holdsNextForSeconds * 1000);
  return inTransaction(async (tx) => {
    const rows = await tx.$queryRaw<Record<string, unknown>[]>`
      UPDATE delivery d SET state = 'sending', attempt = d.attempt + 1, fence = d.fence + 1,
        lease_until = ${new Date(now.getTime() + LEASE_MS)}
      FROM message m, (
        SELECT c.id, c.state = 'sending' AS overtaken FROM delivery c JOIN message cm ON cm.id = c.message_id
        WHERE ((c.state = 'due' AND c.next_at <= ${now}) OR (c.state = 'sending' AND c.lease_until < ${now}))
          AND NOT EXISTS (SELECT 1 FROM delivery b WHERE b.message_id = c.message_id AND b.position < c.position
            AND b.state IN ('due', 'sending') AND COALESCE(
              (SELECT min(a.started_at) FROM delivery_attempt a WHERE a.delivery_id = b.id),
              CASE WHEN ${isKeptBack('b', now)} THEN b.created_at ELSE ${now} END) > ${heldSince})
          AND NOT ${isKeptBack('c', now)}
        ORDER BY cm.seq, c.position LIMIT 1 FOR UPDATE OF c SKIP LOCKED
      ) claimed
      WHERE d.id = claimed.id AND m.id = d.message_id
      RETURNING d.id::text AS "deliveryId", m.id::text AS "messageId", m.kind, m.level, m.rollout_id AS "rolloutId", m.phase,
        m.incident_id::text AS "incidentId", m.values, m.dry_run AS "dryRun", m.created_at AS "createdAt", d.channel, d.sink,
        d.attempt, d.asked_after AS "askedAfter", d.fence, ${now}::timestamptz AS "startedAt",
        (claimed.overtaken OR EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id
          AND a.number > d.asked_after AND a.outcome IN ('sending', 'unknown'))) AS "mayHaveArrived"`;
    const [row] = rows;
    if (!row) return null;
    const claim = ClaimSchema.parse(row);
    await tx.deliveryAttempt.create({
      data: { deliveryId: claim.deliveryId, number: claim.attempt, startedAt: now, outcome: 'sending' },
    });
    return claim;
  });
}

/**
 * Renews the lease right before something is sent; false: another process has taken the delivery over while this one looked
 * or slept, and must not be sent beside.
 */
export async function stillHolds(claim: DeliveryClaim, now: Date): Promise<boolean> {
  const { count } = await database().delivery.updateMany({
    where: { id: claim.deliveryId, fence: claim.fence, state: 'sending' },
    data: { leaseUntil: new Date(now.getTime() + LEASE_MS) },
  });
  return count > 0;
}

/** Whether a delivery, of message `cm`, waits for its channel: an earlier message of its incident there, or an open circuit. */
function isKeptBack(delivery: 'b' | 'c', now: Date) {
  const channel = Prisma.raw(`${delivery}.channel`);
  return Prisma.sql`(
    EXISTS (SELECT 1 FROM delivery e JOIN message em ON em.id = e.message_id
      WHERE em.incident_id = cm.incident_id AND e.channel = ${channel} AND em.seq < cm.seq
      AND e.state IN ('due', 'sending'))
    OR EXISTS (SELECT 1 FROM channel_circuit k WHERE k.channel = ${channel} AND k.open_until > ${now}))`;
}

/** Whether something waits to be delivered now: whoever may have caused it asks, so that it goes out at once (REP-2). */
export async function isDeliveryDue(now: Date): Promise<boolean> {
  const due = await database().delivery.findFirst({
    where: { state: 'due', nextAt: { lte: now } },
    select: { id: true },
  });
  return due !== null;
}

/**
 * Writes down what became of an attempt, unless another process has taken the delivery over meanwhile: then nothing is
 * written and false is returned. A delivery that is over for good gives its message to the next channel.
 */
export function recordAttempt(
  loaded: LoadedPolicy,
  claim: DeliveryClaim,
  result: SendResult,
  now: Date,
): Promise<boolean> {
  const attempt = claim.attempt - claim.askedAfter;
  const after = afterAttempt(result, attempt, loaded.retries.plans.delivery, now);
  return inTransaction(async (tx) => {
    const { count } = await tx.delivery.updateMany({
      where: { id: claim.deliveryId, fence: claim.fence, state: 'sending' },
      data: {
        state: after.state,
        nextAt: after.nextAt,
        leaseUntil: null,
        lastError: after.error,
        ...(after.ref ? { externalRef: after.ref } : {}),
        ...(after.state === 'due' ? {} : { endedAt: now }),
      },
    });
    if (count === 0) return false;
    await tx.deliveryAttempt.update({
      where: { deliveryId_number: { deliveryId: claim.deliveryId, number: claim.attempt } },
      data: {
        endedAt: now,
        outcome: after.outcome,
        httpStatus: after.httpStatus,
        latencyMs: Math.max(0, now.getTime() - claim.startedAt.getTime()),
        error: after.error,
      },
    });
    await updateCircuit(tx, loaded, claim.channel, result, now);
    if (after.state !== 'due') await noteEnd(tx, claim, after, now);
    if (after.fallBack) await fallBack(tx, loaded, claim, now);
    await publishLive(tx, { topic: 'delivery' });
    return true;
  });
}

/** A rehearsal's incident is none: nothing of it is on a timeline (ROL-8). */
async function noteEnd(
  tx: Transaction,
  { incidentId, rolloutId, deliveryId, kind, dryRun, channel, sink, askedAfter }: DeliveryClaim,
  { state, error }: AfterAttempt,
  now: Date,
): Promise<void> {
  if (incidentId === null || dryRun) return;
  await noteDelivery(
    tx,
    { id: incidentId, rolloutId },
    { id: deliveryId, channel, sink, state, endedAt: now, lastError: error, askedAfter, message: { kind } },
  );
}

async function updateCircuit(
  tx: Transaction,
  loaded: LoadedPolicy,
  channel: string,
  result: SendResult,
  now: Date,
): Promise<void> {
  const known = await tx.channelCircuit.findUnique({ where: { channel } });
  const before = { failures: known?.failures ?? 0, openUntil: known?.openUntil ?? null };
  const after = circuitAfter(before, result, loaded.retries.circuits.delivery, now);
  if (after === before || (!known && after.failures === 0)) return;
  await tx.channelCircuit.upsert({
    where: { channel },
    create: { channel, ...after, updatedAt: now },
    update: { ...after, updatedAt: now },
  });
}

async function fallBack(
  tx: Transaction,
  loaded: LoadedPolicy,
  claim: DeliveryClaim,
  now: Date,
): Promise<void> {
  const taken = await tx.delivery.findMany({
    where: { messageId: claim.messageId },
    select: { channel: true, position: true },
  });
  const issueChannel =
    Object.entries(loaded.policy.channels).find(([, { kind }]) => kind === 'github_issue')?.[0] ?? null;
  const next = fallbackOf(
    claim.sink,
    taken.map(({ channel }) => channel),
    issueChannel,
  );
  if (!next) return;
  await tx.delivery.createMany({
    data: {
      messageId: claim.messageId,
      position: Math.max(...taken.map(({ position }) => position)) + 1,
      ...next,
      fallbackOf: claim.deliveryId,
      nextAt: now,
      createdAt: now,
    },
    skipDuplicates: true,
  });
}

/**
 * Makes an ended delivery due again because a person asks ("send again"): a sending of its own with a plan of its own, whose
 * arrival says nothing of those before. Returns false when it is on its way already.
 */
export async function sendAgain(
  tx: Transaction,
  { id, attempt }: { id: string; attempt: number },
  now: Date,
): Promise<boolean> {
  const { count } = await tx.delivery.updateMany({
    where: { id, attempt, state: { in: ['delivered', 'failed', 'cancelled'] } },
    data: { state: 'due', nextAt: now, endedAt: null, lastError: null, askedAfter: attempt },
  });
  return count > 0;
}
