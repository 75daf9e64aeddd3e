import { z } from 'zod';
import { ApiScopeSchema } from './scopes.ts';

/** Who acts: a signed-in person, a program with a key, Phasegate itself, or a command at the machine. */
export const ActorSchema = z.strictObject({
  kind: z.enum(['user', 'api_key', 'system', 'cli']),
  id: z.string().min(1),
  name: z.string(),
  roles: z.array(z.string()),
  scopes: z.array(ApiScopeSchema),
});
export type Actor = z.infer<typeof ActorSchema>;

/** Phasegate acting by itself, for example a deadline that passed. */
export const SYSTEM_ACTOR: Actor = { kind: 'system', id: 'system', name: 'Phasegate', roles: [], scopes: [] };

/** A person at the machine's own command line; whoever can run commands there owns the database anyway. */
export function cliActor(userName: string): Actor {
  return { kind: 'cli', id: `cli:${userName}`, name: userName, roles: [], scopes: [] };
}
