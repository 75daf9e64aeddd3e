import type { Database, Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { type Actor, can } from '#lib/identity/index.ts';
import { personNow } from '#lib/identity/server.ts';
import type { Permission, Policy } from '#lib/policy/index.ts';

/** Those of some people who are active, by their ids, with the roles of this moment. Errors: the database's. */
export async function activePeople(
  reader: Transaction | Database,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, Actor>> {
  if (personIds.length === 0) return new Map();
  const people = await reader.user.findMany({
    where: { id: { in: [...new Set(personIds)] }, disabledAt: null },
    select: { id: true, name: true, roles: { select: { role: true } } },
  });
  return new Map(
    people.map(({ id, name, roles }) => [
      id,
      { kind: 'user', id, name, roles: roles.map(({ role }) => role), scopes: [] },
    ]),
  );
}

/**
 * The person behind an act, read in its transaction: being disabled or demoted since the request began counts (PHA-3).
 * Errors: AppError FORBIDDEN `person_inactive` for whoever is not an active person, `permission_missing`.
 */
export async function requirePerson(
  tx: Transaction,
  personId: string,
  permission: Permission,
  policy: Policy,
): Promise<Actor> {
  const person = await personNow(tx, personId);
  if (!person)
    throw new AppError('FORBIDDEN', 'Only an active person may do this, in their own name.', {
      reason: 'person_inactive',
    });
  if (!can(person, permission, policy))
    throw new AppError('FORBIDDEN', `None of your roles has the permission ${permission}.`, {
      reason: 'permission_missing',
    });
  return person;
}
