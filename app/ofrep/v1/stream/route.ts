import { z } from 'zod';
import { AppError } from '#lib/errors/index.ts';
import { route } from '#lib/http/server.ts';
import { actorOfStreamTicket } from '#lib/identity/server.ts';
import { flagStream } from '#lib/rollouts/server.ts';
import { ofrepProblem, open, preflight } from '../protocol.ts';

export const dynamic = 'force-dynamic';

export const OPTIONS = route({ auth: 'public', run: async () => preflight('GET') });

/**
 * GET /ofrep/v1/stream: server-sent calls to ask again. An EventSource sends no headers, so the address that a bulk
 * answer gave carries the proof of who listens; hence nobody is asked to sign in here.
 */
export const GET = route({
  auth: 'public',
  query: z.object({ ticket: z.string().default('') }),
  onProblem: ofrepProblem,
  run: async ({ query, request, now }) => {
    const actor = await actorOfStreamTicket(query.ticket, now);
    if (!actor) {
      throw new AppError('UNAUTHENTICATED', 'Take the address from a new bulk evaluation.', {
        reason: 'ticket_invalid',
      });
    }
    if (!actor.scopes.includes('read:flags')) {
      throw new AppError('FORBIDDEN', 'This API key lacks the scope read:flags.', {
        reason: 'scope_missing',
      });
    }
    return open(
      new Response(await flagStream(request.signal), {
        headers: {
          'Content-Type': 'text/event-stream; charset=utf-8',
          'Cache-Control': 'no-store, no-transform',
          'X-Accel-Buffering': 'no',
        },
      }),
    );
  },
});
