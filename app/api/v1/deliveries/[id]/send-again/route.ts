import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { SendAgainSchema } from '#lib/reporter/index.ts';
import { sendDeliveryAgain } from '#lib/reporter/server.ts';

/** POST /api/v1/deliveries/{id}/send-again: a message that has ended goes to its channel once more (REP-3). */
export const POST = route({
  auth: 'person',
  permission: 'send_again',
  params: z.strictObject({ id: z.uuid() }),
  body: SendAgainSchema,
  run: ({ actor, params, body, now }) =>
    sendDeliveryAgain({ ...body, deliveryId: params.id, actor: { id: actor.id, name: actor.name }, now }),
});
