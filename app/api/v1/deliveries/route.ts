import { DeliveryQuerySchema } from '#lib/dashboard/index.ts';
import { readDeliveries } from '#lib/dashboard/server.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/deliveries?state=…&channel=…&level=…&rollout=…&before=…: what was sent to whom, newest first (REP-3). */
export const GET = route({
  auth: 'person',
  query: DeliveryQuerySchema,
  run: ({ actor, query, now }) => readDeliveries(query, actor, now),
});
