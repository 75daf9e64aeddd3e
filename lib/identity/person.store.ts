import { z } from 'zod';
import { env } from '#lib/config/server.ts';
import type { Transaction } from '#lib/database/server.ts';
import type { Actor } from './actor.ts';
import { isDemoEmail } from './demo.ts';

/**
 * A person as they stand in this transaction, whatever their session or key said when it began: null for somebody unknown
 * or disabled, for a demo account outside a demo, and for whoever is no person (Phasegate itself, a command). Source: PHA-3.
 */
export async function personNow(tx: Pick<Transaction, 'user'>, personId: string): Promise<Actor | null> {
  if (!z.uuid().safeParse(personId).success) return null;
  const user = await tx.user.findFirst({
    where: { id: personId, disabledAt: null },
    include: { roles: true },
  });
  if (!user || (isDemoEmail(user.email) && env().mode !== 'demo')) return null;
  return {
    kind: 'user',
    id: user.id,
    name: user.name,
    roles: user.roles.map((held) => held.role).sort(),
    scopes: [],
  };
}
