import { env } from '#lib/config/server.ts';
import { database, inTransaction, type Transaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { Actor } from './actor.ts';
import { isDemoEmail } from './demo.ts';

/** Opens a new session for a person who has just proven who they are. Returns its id. */
export async function openSession(session: {
  userId: string;
  method: 'password' | 'github';
  lastsSeconds: number;
  now: Date;
}): Promise<string> {
  const { userId, method, lastsSeconds, now } = session;
  return await inTransaction(async (tx) => {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    const opened = await tx.userSession.create({
      data: { userId, createdAt: now, expiresAt: new Date(now.getTime() + lastsSeconds * 1000) },
    });
    await appendAudit(tx, {
      actor: { id: user.id, name: user.name },
      action: 'session.opened',
      subject: `user:${user.id}`,
      reason: '',
      details: { method, sessionId: opened.id },
      at: now,
    });
    return opened.id;
  });
}

/**
 * Who a session belongs to, as things stand now: null when it was revoked or is over, or the person was disabled, or is
 * a demo account outside a demo. Roles are read each time, so that a change counts from the next request on.
 */
export async function actorOfSession(sessionId: string, now: Date): Promise<Actor | null> {
  const session = await database().userSession.findFirst({
    where: { id: sessionId, revokedAt: null, expiresAt: { gt: now }, user: { disabledAt: null } },
    include: { user: { include: { roles: true } } },
  });
  if (!session) return null;
  const { user } = session;
  if (isDemoEmail(user.email) && env().mode !== 'demo') return null;
  return {
    kind: 'user',
    id: user.id,
    name: user.name,
    roles: user.roles.map((held) => held.role).sort(),
    scopes: [],
  };
}

/** Ends one session; ending it twice is harmless. */
export async function revokeSession(sessionId: string, now: Date): Promise<void> {
  await database().userSession.updateMany({
    where: { id: sessionId, revokedAt: null },
    data: { revokedAt: now },
  });
}

/** Ends every session of a person but `except`, inside the transaction of what made it necessary. Returns how many. */
export async function revokeSessionsOf(
  tx: Transaction,
  userId: string,
  now: Date,
  { except }: { except?: string } = {},
): Promise<number> {
  const { count } = await tx.userSession.updateMany({
    where: {
      userId,
      revokedAt: null,
      expiresAt: { gt: now },
      ...(except === undefined ? {} : { id: { not: except } }),
    },
    data: { revokedAt: now },
  });
  return count;
}
