import { inTransaction, publishLive } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { SendAgainOutcome } from './delivery.schema.ts';
import { sendAgain } from './delivery.store.ts';

/**
 * Sends a delivery that has ended once more because a person asks, with their reason on record (REP-3). The text is made of
 * the same rows again. Repeating it while the delivery is on its way changes nothing. Errors: AppError NOT_FOUND.
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
      include: { message: { select: { kind: true, rolloutId: true, incidentId: true } } },
    });
    if (!delivery) throw new AppError('NOT_FOUND', `There is no delivery ${deliveryId}.`);
    if (!(await sendAgain(tx, deliveryId, now))) return { outcome: 'already_on_its_way' };
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
      },
      at: now,
    });
    return { outcome: 'due_again' };
  });
}
