import { z } from 'zod';
import { env, log } from '#lib/config/server.ts';
import { database } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { isDemoEmail } from './demo.ts';
import { beginLogin, loginFailed, loginSucceeded } from './login-limit.run.ts';
import { passwordMatches } from './password.ts';
import { EmailSchema, GivenPasswordSchema } from './users.schema.ts';

const CredentialsSchema = z.object({ email: EmailSchema, password: GivenPasswordSchema });

export type SignInResult =
  | { outcome: 'signed_in'; userId: string }
  | { outcome: 'refused' }
  | { outcome: 'too_many'; retryAfterSeconds: number };

/**
 * Checks an e-mail address and a password. Refused says the same, after the same work, for an unknown address, a wrong
 * password, an account without one, a disabled account and a demo account outside a demo.
 */
export async function checkPassword(credentials: unknown, from: string, now: Date): Promise<SignInResult> {
  const parsed = CredentialsSchema.safeParse(credentials);
  if (!parsed.success) return { outcome: 'refused' };
  const { email, password } = parsed.data;
  const attempt = { email, from, now, limits: (await loadPolicy()).policy.limits };
  const limit = beginLogin(attempt);
  if (!limit.allowed) return { outcome: 'too_many', retryAfterSeconds: limit.retryAfterSeconds };
  const user = await database().user.findUnique({ where: { email } });
  const matches = await passwordMatches(user?.passwordHash ?? null, password);
  const usable = user !== null && user.disabledAt === null && (env().mode === 'demo' || !isDemoEmail(email));
  if (!matches || !usable) {
    loginFailed(attempt);
    log('identity').info({ from }, 'sign-in refused');
    return { outcome: 'refused' };
  }
  loginSucceeded(attempt);
  return { outcome: 'signed_in', userId: user.id };
}
