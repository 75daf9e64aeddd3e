import type { Policy } from '#lib/policy/index.ts';
import { fixedWindowLimiter, type LimitDecision } from '#lib/rate-limit/index.ts';

type SignInLimits = Pick<
  Policy['limits'],
  'signInPerAccountAndAddress' | 'signInPerAccount' | 'signInPerAddress'
>;

function newLimiters() {
  return { pair: fixedWindowLimiter(), account: fixedWindowLimiter(), address: fixedWindowLimiter() };
}

// One set per process: Next may evaluate this module more than once.
const holder = globalThis as typeof globalThis & { phasegateLoginLimiters?: ReturnType<typeof newLimiters> };
holder.phasegateLoginLimiters ??= newLimiters();
const { pair, account, address } = holder.phasegateLoginLimiters;

function pairKey(email: string, from: string): string {
  return `${from} ${email}`;
}

/** One attempt to sign in: who, from where, when, and the limits of policy at that time. */
export type LoginAttempt = { email: string; from: string; now: Date; limits: SignInLimits };

/** Whether one more attempt may be made; counts it for account and address together before the password is checked. */
export function beginLogin({ email, from, now, limits }: LoginAttempt): LimitDecision {
  for (const decision of [
    account.peek(email, now, limits.signInPerAccount),
    address.peek(from, now, limits.signInPerAddress),
  ]) {
    if (!decision.allowed) return decision;
  }
  return pair.take(pairKey(email, from), now, limits.signInPerAccountAndAddress);
}

/** Counts a failed attempt against the account and against the address. */
export function loginFailed({ email, from, now, limits }: LoginAttempt): void {
  account.take(email, now, limits.signInPerAccount);
  address.take(from, now, limits.signInPerAddress);
}

/** After the right password the person starts afresh at this address. */
export function loginSucceeded({ email, from }: LoginAttempt): void {
  pair.forget(pairKey(email, from));
}
