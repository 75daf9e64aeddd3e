import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { revokeApiKey } from '#lib/identity/server.ts';

/** DELETE /api/v1/account/keys/{keyId}: ends a personal key of whoever asks; anybody else's is not there. */
export const DELETE = route({
  auth: 'session',
  params: z.strictObject({ keyId: z.uuid() }),
  run: ({ actor, params, now }) => revokeApiKey(params.keyId, actor, now, { ownedBy: actor.id }),
});
