import { readTextBody, route } from '#lib/http/server.ts';
import { takePagerDutyWebhook } from '#lib/reporter/server.ts';

/** POST /api/webhooks/pagerduty: acknowledged, resolved, opened again; PagerDuty signs it (webhook v3, INC-1). */
export const POST = route({
  auth: 'public',
  body: 'stream',
  run: async ({ request, now }) =>
    takePagerDutyWebhook({
      signature: request.headers.get('x-pagerduty-signature'),
      rawBody: await readTextBody(request, 262_144),
      now,
    }),
});
