import { createHash, randomBytes } from 'node:crypto';
import { env } from '#lib/config/server.ts';
import { database, inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { DEMO_DOMAIN } from './demo.ts';
import { hashPassword } from './password.ts';
import { administratorRoles } from './permissions.ts';
import { countAdministrators, insertUser, lockAdministrators } from './user.store.ts';
import type { Setup } from './users.schema.ts';

type RolePolicy = Pick<Policy, 'roles' | 'permissions'>;
export type SetupLink = { url: string; token: string; expiresAt: Date };

/** Whether somebody can manage users here. The demo's accounts count only in a demo. */
export async function hasAdministrator(
  policy: RolePolicy,
  tx: Pick<Transaction, 'user'> = database(),
): Promise<boolean> {
  const filter = env().mode === 'demo' ? {} : { exceptEmailDomain: DEMO_DOMAIN };
  return (await countAdministrators(tx, policy, filter)) > 0;
}

/**
 * Makes the one-time link for the first administrator, valid as long as policy says; links made before end. Only the token's hash is
 * kept. Null: there is an administrator already.
 */
export async function issueSetupToken(
  policy: RolePolicy & Pick<Policy, 'signIn'>,
  now: Date,
): Promise<SetupLink | null> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + policy.signIn.setupLinkSeconds * 1000);
  return await inTransaction(async (tx) => {
    await lockAdministrators(tx);
    if (await hasAdministrator(policy, tx)) return null;
    await tx.setupToken.deleteMany({ where: { usedAt: null } });
    await tx.setupToken.create({ data: { tokenSha256: hashOf(token), createdAt: now, expiresAt } });
    return { url: `${env().appUrl}/setup?token=${token}`, token, expiresAt };
  });
}

/** Whether a link would still work, for the page that shows the form. */
export async function isSetupTokenValid(token: string, policy: RolePolicy, now: Date): Promise<boolean> {
  const row = await database().setupToken.findUnique({ where: { tokenSha256: hashOf(token) } });
  if (!row || row.usedAt || row.expiresAt <= now) return false;
  return !(await hasAdministrator(policy));
}

/**
 * Makes the first administrator. However many people open the link at once, one account comes out of it.
 * Errors: NOT_FOUND `setup_closed` when the link was used, is over or unknown, or an administrator exists;
 * CONFLICT when the address is taken.
 */
export async function redeemSetupToken(
  input: Setup,
  policy: RolePolicy,
  now: Date,
): Promise<{ userId: string }> {
  if (!(await isSetupTokenValid(input.token, policy, now))) throw closed();
  const passwordHash = await hashPassword(input.password);
  const roles = administratorRoles(policy).slice(0, 1);
  return await inTransaction(async (tx) => {
    await lockAdministrators(tx);
    if (await hasAdministrator(policy, tx)) throw closed();
    const { count } = await tx.setupToken.updateMany({
      where: { tokenSha256: hashOf(input.token), usedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    if (count !== 1) throw closed();
    const userId = await insertUser(
      tx,
      { email: input.email, name: input.name, roles, passwordHash },
      'setup',
      now,
    );
    if (userId === null) {
      throw new AppError('CONFLICT', 'There is an account with this e-mail address already.', {
        reason: 'email_taken',
      });
    }
    await appendAudit(tx, {
      actor: { id: userId, name: input.name },
      action: 'user.created',
      subject: `user:${userId}`,
      reason: 'first administrator, by the one-time link',
      details: { email: input.email, roles: [...roles] },
      at: now,
    });
    return { userId };
  });
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function closed(): AppError {
  return new AppError('NOT_FOUND', 'This link was used, is too old, or an administrator exists already.', {
    reason: 'setup_closed',
  });
}
