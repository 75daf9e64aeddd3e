import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { revokeApiKey } from '#lib/identity/server.ts';

export const DELETE = route({
  auth: 'session',
  permission: 'manage_keys',
  params: z.strictObject({ keyId: z.uuid() }),
  run: async ({ actor, params, now }) => await revokeApiKey(params.keyId, actor, now),
});
