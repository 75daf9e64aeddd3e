import { database, inTransaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';

export type GitHubIdentity = {
  /** The numeric account id: login names and e-mail addresses change hands. */
  accountId: string;
  login: string;
  name: string;
};

/**
 * The person behind a GitHub account; made at first sign-in with the role that policy gives strangers. An existing account with the same
 * e-mail address is never linked, so the address kept is GitHub's own no-reply form. Null: the person was disabled.
 */
export async function userOfGitHubAccount(
  identity: GitHubIdentity,
  { newAccountRole, now }: { newAccountRole: string; now: Date },
): Promise<string | null> {
  const where = { provider_providerAccountId: { provider: 'github', providerAccountId: identity.accountId } };
  const known = await database().userAccount.findUnique({ where, include: { user: true } });
  if (known) return known.user.disabledAt === null ? known.userId : null;
  return await inTransaction(async (tx) => {
    // A second first sign-in at the same moment waits here and then finds the account.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`github:${identity.accountId}`}, 0))::text`;
    const meanwhile = await tx.userAccount.findUnique({ where, include: { user: true } });
    if (meanwhile) return meanwhile.user.disabledAt === null ? meanwhile.userId : null;
    const user = await tx.user.create({
      data: {
        email: `${identity.accountId}+${identity.login.toLowerCase()}@users.noreply.github.com`,
        name: identity.name,
        createdAt: now,
        roles: { create: { role: newAccountRole, grantedBy: 'github', grantedAt: now } },
        accounts: { create: { provider: 'github', providerAccountId: identity.accountId, createdAt: now } },
      },
    });
    await appendAudit(tx, {
      actor: user,
      action: 'user.created',
      subject: `user:${user.id}`,
      reason: 'first sign-in with GitHub',
      details: { roles: [newAccountRole], githubAccountId: identity.accountId },
      at: now,
    });
    return user.id;
  });
}
