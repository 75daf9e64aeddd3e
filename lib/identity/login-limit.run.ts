import { fixedWindowLimiter, type LimitDecision } from '#lib/rate-limit/index.ts';

// Five slips of one person at one place; then wait a quarter of an hour.
const PER_ACCOUNT_AND_ADDRESS = { count: 5, windowSeconds: 15 * 60 };
// Source: OWASP ASVS 4.0.3, 2.2.1: at most 100 failed attempts per hour on one account, wherever they come from.
const PER_ACCOUNT = { count: 100, windowSeconds: 60 * 60 };
// One password tried on many accounts.
const PER_ADDRESS = { count: 50, windowSeconds: 15 * 60 };

function newLimiters() {
  return {
    pair: fixedWindowLimiter(PER_ACCOUNT_AND_ADDRESS),
    account: fixedWindowLimiter(PER_ACCOUNT),
    address: fixedWindowLimiter(PER_ADDRESS),
  };
}

// One set per process: Next may evaluate this module more than once.
const holder = globalThis as typeof globalThis & { phasegateLoginLimiters?: ReturnType<typeof newLimiters> };
holder.phasegateLoginLimiters ??= newLimiters();
const { pair, account, address } = holder.phasegateLoginLimiters;

function pairKey(email: string, from: string): string {
  return `${from} ${email}`;
}

/** Whether one more attempt may be made; counts it for account and address together before the password is checked. */
export function beginLogin(email: string, from: string, now: Date): LimitDecision {
  for (const decision of [account.peek(email, now), address.peek(from, now)]) {
    if (!decision.allowed) return decision;
  }
  return pair.take(pairKey(email, from), now);
}

/** Counts a failed attempt against the account and against the address. */
export function loginFailed(email: string, from: string, now: Date): void {
  account.take(email, now);
  address.take(from, now);
}

/** After the right password the person starts afresh at this address. */
export function loginSucceeded(email: string, from: string): void {
  pair.forget(pairKey(email, from));
}
