import { liveStream } from '#lib/dashboard/server.ts';
import { route } from '#lib/http/server.ts';

export const dynamic = 'force-dynamic';

export const GET = route({
  auth: 'session',
  run: async ({ request }) =>
    new Response(liveStream(request.signal), {
      headers: {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no',
      },
    }),
});
