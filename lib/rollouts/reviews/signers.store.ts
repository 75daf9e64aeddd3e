import type { Database, Transaction } from '#lib/database/server.ts';
import { can } from '#lib/identity/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { activePeople } from '../people/person.store.ts';

/**
 * Those of some people who are active and may sign reviews now: a signature that was given counts only while its giver
 * could give it again (PHA-3). Errors: the database's.
 */
export async function whoMayStillSign(
  reader: Transaction | Database,
  personIds: readonly string[],
  policy: Policy,
): Promise<ReadonlySet<string>> {
  const people = await activePeople(reader, personIds);
  return new Set(
    [...people.values()].flatMap((person) => (can(person, 'sign_review', policy) ? [person.id] : [])),
  );
}
