import { route } from '#lib/http/server.ts';
import { OrderStopRequestSchema } from '#lib/rollouts/index.ts';
import { listStops, orderStop } from '#lib/rollouts/server.ts';

/** GET /api/v1/stops: what holds anything now, and what has held it before (OPS-7). */
export const GET = route({ auth: 'person', run: ({ now }) => listStops(now) });

/** POST /api/v1/stops: kill switch, freeze or pause of collection; the command asks for the permission of its kind. */
export const POST = route({
  auth: 'person',
  body: OrderStopRequestSchema,
  run: ({ actor, trigger, body, now }) => orderStop({ ...body, actor, trigger, now }),
});
