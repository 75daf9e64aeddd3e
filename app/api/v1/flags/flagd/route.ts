import { route } from '#lib/http/server.ts';
import { currentFlags, flagdDocument } from '#lib/rollouts/server.ts';

/** GET /api/v1/flags/flagd: the flags as they are now, as a configuration for flagd. */
export const GET = route({
  auth: 'api_key',
  scopes: ['read:flags'],
  run: async () => flagdDocument(await currentFlags()),
});
