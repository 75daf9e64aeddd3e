import { readTextBody, route } from '#lib/http/server.ts';
import { takeSlackInteraction } from '#lib/reporter/server.ts';

/** POST /api/webhooks/slack/interactivity: what people press under our messages; Slack signs it (ROL-3, REP-4). */
export const POST = route({
  auth: 'public',
  body: 'stream',
  run: async ({ request, now }) => {
    await takeSlackInteraction({
      signature: request.headers.get('x-slack-signature'),
      timestamp: request.headers.get('x-slack-request-timestamp'),
      rawBody: await readTextBody(request, 262_144),
      now,
    });
    return new Response(null, { status: 200 });
  },
});
