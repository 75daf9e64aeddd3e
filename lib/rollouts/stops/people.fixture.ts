import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';

/** Puts an active person with these roles into the test's database. */
export async function personWith(name: string, ...roles: string[]): Promise<Actor> {
  const { id } = await database().user.create({
    data: {
      email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org`,
      name,
      roles: { create: roles.map((role) => ({ role, grantedBy: 'test' })) },
    },
  });
  return { kind: 'user', id, name, roles, scopes: [] };
}
