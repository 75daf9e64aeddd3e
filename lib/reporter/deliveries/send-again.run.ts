import { z } from 'zod';
import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { isOver } from '../compose/is-over.ts';
import type { SendAgainOutcome } from './delivery.schema.ts';
import { sendAgain } from './delivery.store.ts';

/**
 * Sends a delivery that has ended once more because a person asks, with their reason on record (REP-3). The text is made of
 * the same rows again. Repeating it while the delivery is on its way changes nothing. Of what is over, nobody is called: Slack's text mentions nobody and
 * asks nothing, PagerDuty is given a change event, an issue stays closed. Errors: AppError NOT_FOUND.
 */
export function sendDeliveryAgain(command: {
  deliveryId: string;
  reason: string;
  actor: { id: string; name: string };
  now: Date;
}): Promise<SendAgainOutcome> {
  const { deliveryId, reason, actor, now } = command;
  return inTransaction(async (tx) => {
    const delivery = await tx.delivery.findUnique({
      where: { id: deliveryId },
      include: { message: { select: { kind: true, rolloutId: true, incidentId: true, values: true } } },
    });
    if (!delivery) throw new AppError('NOT_FOUND', `There is no delivery ${deliveryId}.`);
    const callsNobody = await isOfThePast(tx, delivery.message);
    if (!(await sendAgain(tx, delivery, now))) return { outcome: 'already_on_its_way', callsNobody };
    await publishLive(tx, { topic: 'delivery' });
    await appendAudit(tx, {
      actor,
      action: 'delivery.sent_again',
      subject: `delivery:${deliveryId}`,
      reason,
      details: {
        kind: delivery.message.kind,
        rollout: delivery.message.rolloutId,
        incident: delivery.message.incidentId,
        channel: delivery.channel,
        was: delivery.state,
        attempts: delivery.attempt,
        calls_nobody: callsNobody,
      },
      at: now,
    });
    return { outcome: 'due_again', callsNobody };
  });
}

const StopSchema = z.looseObject({ stopId: z.uuid() });

/** Whether the incident or the stop that a message is about is over now. */
async function isOfThePast(
  tx: Transaction,
  { incidentId, values }: { incidentId: string | null; values: unknown },
): Promise<boolean> {
  const stopId = StopSchema.safeParse(values).data?.stopId;
  return isOver({
    incident: incidentId ? await tx.incident.findUnique({ where: { id: incidentId } }) : null,
    stop: stopId ? await tx.stopOrder.findUnique({ where: { id: stopId } }) : null,
  });
}
