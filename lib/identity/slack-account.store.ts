import { database, inTransaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { Actor } from './actor.ts';
import { personNow } from './person.store.ts';

const PROVIDER = 'slack';

/** The person a Slack user stands for, with the roles of this moment; null for somebody unknown or disabled. */
export async function personOfSlackUser(slackUserId: string): Promise<Actor | null> {
  const account = await database().userAccount.findUnique({
    where: { provider_providerAccountId: { provider: PROVIDER, providerAccountId: slackUserId } },
  });
  return account && personNow(database(), account.userId);
}

/**
 * Says that a Slack user is this person: what they press in Slack counts as theirs from now on. Safe to repeat; another Slack
 * user the person had is let go. Errors: NOT_FOUND; CONFLICT `slack_user_taken` when it stands for somebody else.
 */
export async function linkSlackUser(
  userId: string,
  slackUserId: string,
  actor: Actor,
  now: Date,
): Promise<{ slackUserId: string }> {
  return inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${'slack accounts'}, 0))::text`;
    if (!(await tx.user.findUnique({ where: { id: userId }, select: { id: true } })))
      throw new AppError('NOT_FOUND', 'There is no such person.');
    const held = await tx.userAccount.findUnique({
      where: { provider_providerAccountId: { provider: PROVIDER, providerAccountId: slackUserId } },
    });
    if (held && held.userId !== userId)
      throw new AppError('CONFLICT', 'This Slack user stands for somebody else.', {
        reason: 'slack_user_taken',
      });
    const before = await tx.userAccount.findMany({ where: { userId, provider: PROVIDER } });
    if (held && before.length === 1) return { slackUserId };
    await tx.userAccount.deleteMany({ where: { userId, provider: PROVIDER } });
    await tx.userAccount.create({
      data: { provider: PROVIDER, providerAccountId: slackUserId, userId, createdAt: now },
    });
    await appendAudit(tx, {
      actor,
      action: 'user.slack_linked',
      subject: `user:${userId}`,
      reason: '',
      details: { slackUserId, before: before.map(({ providerAccountId }) => providerAccountId) },
      at: now,
    });
    return { slackUserId };
  });
}

/** Whoever the person was in Slack presses for them no more. Safe to repeat. Errors: NOT_FOUND. */
export async function unlinkSlackUser(userId: string, actor: Actor, now: Date): Promise<void> {
  await inTransaction(async (tx) => {
    if (!(await tx.user.findUnique({ where: { id: userId }, select: { id: true } })))
      throw new AppError('NOT_FOUND', 'There is no such person.');
    const before = await tx.userAccount.findMany({ where: { userId, provider: PROVIDER } });
    if (before.length === 0) return;
    await tx.userAccount.deleteMany({ where: { userId, provider: PROVIDER } });
    await appendAudit(tx, {
      actor,
      action: 'user.slack_unlinked',
      subject: `user:${userId}`,
      reason: '',
      details: { before: before.map(({ providerAccountId }) => providerAccountId) },
      at: now,
    });
  });
}
