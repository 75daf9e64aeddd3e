import { route } from '#lib/http/server.ts';
import { SetupSchema } from '#lib/identity/index.ts';
import { redeemSetupToken } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';

/** The one-time link proves who may do this; nobody can have signed in yet. */
export const POST = route({
  auth: 'public',
  body: SetupSchema,
  rateLimit: 'setupAttempts',
  run: async ({ body, now }) => {
    const { policy } = await loadPolicy();
    return Response.json(await redeemSetupToken(body, policy, now), { status: 201 });
  },
});
