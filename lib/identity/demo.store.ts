import { env } from '#lib/config/server.ts';
import { inTransaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { SYSTEM_ACTOR } from './actor.ts';
import { DEMO_PASSWORD, type DemoAccount, demoAccounts } from './demo.ts';
import { hashPassword } from './password.ts';
import { insertUser } from './user.store.ts';

export type DemoSignIn = DemoAccount & { password: string };

/**
 * Makes the accounts of a demo, one per role and one with several; those that exist stay as they are.
 * Returns what to print. Errors: FORBIDDEN outside a demo, so that no known password ever opens a real instance.
 */
export async function seedDemoAccounts(
  policy: Pick<Policy, 'roles' | 'permissions'>,
  now: Date,
): Promise<DemoSignIn[]> {
  if (env().mode !== 'demo') {
    throw new AppError('FORBIDDEN', 'Demo accounts exist only in a demo (PHASEGATE_MODE=demo).');
  }
  const accounts = demoAccounts(policy);
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  await inTransaction(async (tx) => {
    const made: string[] = [];
    for (const account of accounts) {
      const id = await insertUser(tx, { ...account, passwordHash }, SYSTEM_ACTOR.id, now);
      if (id !== null) made.push(account.email);
    }
    if (made.length === 0) return;
    await appendAudit(tx, {
      actor: SYSTEM_ACTOR,
      action: 'demo.accounts_created',
      subject: 'users',
      reason: 'demo',
      details: { accounts: made },
      at: now,
    });
  });
  return accounts.map((account) => ({ ...account, password: DEMO_PASSWORD }));
}

/** What the sign-in page of a demo offers; nothing anywhere else. */
export function offeredDemoAccounts(policy: Pick<Policy, 'roles' | 'permissions'>): DemoSignIn[] {
  if (env().mode !== 'demo') return [];
  return demoAccounts(policy).map((account) => ({ ...account, password: DEMO_PASSWORD }));
}
