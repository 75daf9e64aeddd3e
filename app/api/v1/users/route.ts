import { PageQuerySchema, pageOf } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';
import { CreateUserSchema } from '#lib/identity/index.ts';
import { createUser, listNewestUsers } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';

export const GET = route({
  auth: 'session',
  permission: 'manage_users',
  query: PageQuerySchema,
  run: async ({ query }) => pageOf(await listNewestUsers(query.limit + 1, query.cursor), query.limit),
});

export const POST = route({
  auth: 'session',
  permission: 'manage_users',
  body: CreateUserSchema,
  run: async ({ actor, body, now }) => {
    const { policy } = await loadPolicy();
    return Response.json(await createUser(body, actor, policy, now), { status: 201 });
  },
});
