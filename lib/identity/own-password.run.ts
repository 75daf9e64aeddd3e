import { log } from '#lib/config/server.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { Actor } from './actor.ts';
import { revokePersonalKeysOf } from './api-key.store.ts';
import { isDemoEmail } from './demo.ts';
import { beginLogin, loginFailed, loginSucceeded } from './login-limit.run.ts';
import { hashPassword, passwordMatches } from './password.ts';
import { clientAddress, type HeaderReader } from './request-origin.ts';
import { sessionIdOfRequest } from './request-session.run.ts';
import { revokeSessionsOf } from './session.store.ts';
import type { ChangeOwnPassword } from './users.schema.ts';

/** Whose password it is: the person's own, everybody's in a demo, or none because they sign in elsewhere. */
export type PasswordHolder = { email: string; holder: 'person' | 'demo' | 'nobody' };

/** What a person signs in with, for the page where they change it; null when there is no such person. */
export async function passwordHolder(userId: string): Promise<PasswordHolder | null> {
  const user = await database().user.findUnique({ where: { id: userId } });
  if (!user) return null;
  const holder = user.passwordHash === null ? 'nobody' : isDemoEmail(user.email) ? 'demo' : 'person';
  return { email: user.email, holder };
}

/**
 * Gives the person who asks a new password. It takes their current one, under the limits of signing in, so that a
 * session left open does not hand over the account. Every other session and every personal key of theirs ends; the session that asked
 * goes on.
 * Errors: AppError FORBIDDEN `demo_account`, `no_password` or `password_wrong`; TOO_MANY_REQUESTS; CONFLICT
 * `password_moved` when it was changed meanwhile; UNAUTHENTICATED when the session is gone.
 * Source: OWASP ASVS 5.0, 6.2.3 and 7.4.3.
 */
export async function changeOwnPassword(
  change: ChangeOwnPassword,
  request: { actor: Actor; headers: HeaderReader; now: Date },
): Promise<{ sessionsEnded: number; keysRevoked: number }> {
  const { actor, headers, now } = request;
  const [user, sessionId] = await Promise.all([
    database().user.findUnique({ where: { id: actor.id } }),
    sessionIdOfRequest(headers),
  ]);
  if (!user || sessionId === null) {
    throw new AppError('UNAUTHENTICATED', 'Sign in first.', { reason: 'session_missing' });
  }
  const { email, passwordHash: before } = user;
  if (isDemoEmail(email)) {
    throw new AppError('FORBIDDEN', 'Everybody shares the password of a demo account; it stays as it is.', {
      reason: 'demo_account',
    });
  }
  if (before === null) {
    throw new AppError('FORBIDDEN', 'This account has no password: it signs in elsewhere.', {
      reason: 'no_password',
    });
  }
  await proveCurrent({ email, storedHash: before, password: change.currentPassword }, headers, now);
  const passwordHash = await hashPassword(change.newPassword);
  return await inTransaction(async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: actor.id, passwordHash: before, disabledAt: null },
      data: { passwordHash },
    });
    if (count !== 1) {
      throw new AppError('CONFLICT', 'The password was changed meanwhile.', { reason: 'password_moved' });
    }
    const sessionsEnded = await revokeSessionsOf(tx, actor.id, now, { except: sessionId });
    const keysRevoked = await revokePersonalKeysOf(tx, actor.id, now);
    await appendAudit(tx, {
      actor,
      action: 'user.password_changed',
      subject: `user:${actor.id}`,
      reason: 'by the person',
      details: { sessionsEnded, keysRevoked },
      at: now,
    });
    return { sessionsEnded, keysRevoked };
  });
}

async function proveCurrent(
  proof: { email: string; storedHash: string; password: string },
  headers: HeaderReader,
  now: Date,
): Promise<void> {
  const from = clientAddress(headers);
  const attempt = { email: proof.email, from, now, limits: (await loadPolicy()).policy.limits };
  const limit = beginLogin(attempt);
  if (!limit.allowed) {
    const { retryAfterSeconds } = limit;
    throw new AppError('TOO_MANY_REQUESTS', `Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }
  if (!(await passwordMatches(proof.storedHash, proof.password))) {
    loginFailed(attempt);
    log('identity').info({ from }, 'change of password refused');
    throw new AppError('FORBIDDEN', 'The current password is not right.', { reason: 'password_wrong' });
  }
  loginSucceeded(attempt);
}
