import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { UpdateUserSchema } from '#lib/identity/index.ts';
import { updateUser } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';

export const PATCH = route({
  auth: 'session',
  permission: 'manage_users',
  params: z.strictObject({ userId: z.uuid() }),
  body: UpdateUserSchema,
  run: async ({ actor, params, body, now }) => {
    const { policy } = await loadPolicy();
    return await updateUser(params.userId, body, actor, policy, now);
  },
});
