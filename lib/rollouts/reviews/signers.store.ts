import type { Database, Transaction } from '#lib/database/server.ts';
import { can } from '#lib/identity/index.ts';
import type { Policy } from '#lib/policy/index.ts';

/**
 * Those of some people who are active and may sign reviews now: a signature that was given counts only while its giver
 * could give it again (PHA-3). Errors: the database's.
 */
export async function whoMayStillSign(
  reader: Transaction | Database,
  personIds: readonly string[],
  policy: Policy,
): Promise<ReadonlySet<string>> {
  if (personIds.length === 0) return new Set();
  const people = await reader.user.findMany({
    where: { id: { in: [...new Set(personIds)] }, disabledAt: null },
    select: { id: true, name: true, roles: { select: { role: true } } },
  });
  return new Set(
    people.flatMap(({ id, name, roles }) => {
      const person = { kind: 'user' as const, id, name, roles: roles.map(({ role }) => role), scopes: [] };
      return can(person, 'sign_review', policy) ? [id] : [];
    }),
  );
}
