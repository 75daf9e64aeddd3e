import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { evaluateKey, flagAnswer } from '#lib/rollouts/server.ts';
import { flagsFor, KEY_MAX_AGE_MS, ofrepProblem, open, preflight, readContext } from '../../../protocol.ts';

export const OPTIONS = route({ auth: 'public', run: async () => preflight('POST') });

/** POST /ofrep/v1/evaluate/flags/{key}: one flag for one person, as OFREP 0.3 says. */
export const POST = route({
  auth: 'api_key',
  scopes: ['read:flags'],
  keyMaxAgeMs: KEY_MAX_AGE_MS,
  rateLimit: 'flagRequests',
  params: z.object({ key: z.string() }),
  body: 'stream',
  onProblem: ofrepProblem,
  run: async ({ params: { key }, request }) => {
    const read = await readContext(request);
    if ('problem' in read) return open(Response.json({ key, ...read.problem }, { status: 400 }));
    const configuration = await flagsFor(request);
    const evaluation = evaluateKey(configuration, key, read.context);
    return open(
      evaluation
        ? Response.json(flagAnswer(evaluation, configuration))
        : Response.json(
            { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: 'No rollout controls a flag of this name.' },
            { status: 404 },
          ),
    );
  },
});
