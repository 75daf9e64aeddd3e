import { announceTelemetry } from '#inngest/announce-telemetry.ts';
import { acceptHttpBatch } from '#lib/collector/server.ts';
import { route } from '#lib/http/server.ts';

/** POST /api/v1/events: NDJSON telemetry (COL-1), 200 counted or 202 stored; a 2xx means that it is committed (COL-2). */
export const POST = route({
  auth: 'api_key',
  scopes: ['ingest:events'],
  body: 'stream',
  run: async ({ actor, request, now }) => {
    const answer = await acceptHttpBatch({
      sender: { keyId: actor.id, name: actor.name },
      headers: request.headers,
      body: request.body,
      now,
    });
    announceTelemetry(now, answer.state === 'counted');
    return Response.json(answer, { status: answer.state === 'counted' ? 200 : 202 });
  },
});
