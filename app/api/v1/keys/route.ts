import { PageQuerySchema, pageOf } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';
import { CreateApiKeySchema } from '#lib/identity/index.ts';
import { createApiKey, listApiKeys } from '#lib/identity/server.ts';

export const GET = route({
  auth: 'session',
  permission: 'manage_keys',
  query: PageQuerySchema,
  run: async ({ query }) =>
    pageOf(await listApiKeys({ take: query.limit + 1, beforeId: query.cursor }), query.limit),
});

export const POST = route({
  auth: 'session',
  permission: 'manage_keys',
  body: CreateApiKeySchema,
  run: async ({ actor, body, now }) => Response.json(await createApiKey(body, actor, now), { status: 201 }),
});
