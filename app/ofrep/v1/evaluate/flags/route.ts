import { route } from '#lib/http/server.ts';
import { streamTicket } from '#lib/identity/server.ts';
import { answerTag, bulkAnswer, matchesTag } from '#lib/rollouts/server.ts';
import { flagsFor, KEY_MAX_AGE_MS, ofrepProblem, open, preflight, readContext } from '../../protocol.ts';

export const OPTIONS = route({ auth: 'public', run: async () => preflight('POST') });

/** POST /ofrep/v1/evaluate/flags: every flag for one person, 304 while nothing has changed for them (OFREP 0.3). */
export const POST = route({
  auth: 'api_key',
  scopes: ['read:flags'],
  keyMaxAgeMs: KEY_MAX_AGE_MS,
  rateLimit: 'flagRequests',
  body: 'stream',
  onProblem: ofrepProblem,
  run: async ({ actor, request }) => {
    const read = await readContext(request);
    if ('problem' in read) return open(Response.json(read.problem, { status: 400 }));
    const configuration = await flagsFor(request);
    const tag = answerTag(configuration, read.context);
    const headers = { ETag: tag, 'Cache-Control': 'private, no-cache' };
    if (matchesTag(request.headers.get('if-none-match'), tag))
      return open(new Response(null, { status: 304, headers }));
    const streamUri = `/ofrep/v1/stream?ticket=${streamTicket(actor.id)}`;
    return open(Response.json(bulkAnswer(configuration, read.context, streamUri), { headers }));
  },
});
