import { route } from '#lib/http/server.ts';
import { changeOwnPassword } from '#lib/identity/server.ts';
import { ChangeOwnPasswordSchema } from '#lib/identity/users.schema.ts';

export const POST = route({
  auth: 'session',
  body: ChangeOwnPasswordSchema,
  run: ({ actor, body, request, now }) => changeOwnPassword(body, { actor, headers: request.headers, now }),
});
