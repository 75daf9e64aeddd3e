import { route } from '#lib/http/server.ts';
import { CreatePersonalKeySchema } from '#lib/identity/index.ts';
import { createPersonalKey, listPersonalKeys } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';

/** GET /api/v1/account/keys: the keys that act as whoever asks. */
export const GET = route({
  auth: 'session',
  run: async ({ actor }) => ({ items: await listPersonalKeys(actor) }),
});

/** POST /api/v1/account/keys: a key that acts as whoever asks. Signed in only: a key makes no keys. */
export const POST = route({
  auth: 'session',
  body: CreatePersonalKeySchema,
  rateLimit: 'personalKeysMade',
  run: async ({ actor, body, now }) => {
    const { policy } = await loadPolicy();
    return Response.json(await createPersonalKey(body, actor, policy, now), { status: 201 });
  },
});
