import type { Policy } from '#lib/policy/index.ts';

export const DEMO_DOMAIN = 'demo.phasegate.test';
/** Shown on the sign-in page of a demo; outside demo mode accounts of the demo cannot sign in at all. */
export const DEMO_PASSWORD = 'phasegate-demo';

export type DemoAccount = { email: string; name: string; roles: string[] };

/** Whether an account belongs to a demo and must not work anywhere else. */
export function isDemoEmail(email: string): boolean {
  return email.endsWith(`@${DEMO_DOMAIN}`);
}

/** One account per role of the policy, and one person on duty who holds several. */
export function demoAccounts(policy: Pick<Policy, 'roles' | 'permissions'>): DemoAccount[] {
  const perRole = Object.entries(policy.roles).map(([role, label]) => ({
    email: `${role.replaceAll('_', '-')}@${DEMO_DOMAIN}`,
    name: `${label.en} (demo)`,
    roles: [role],
  }));
  const canRollBack = (policy.permissions.roll_back ?? []).slice(0, 2);
  const canResolve = (policy.permissions.resolve_quarantine ?? []).slice(0, 1);
  const several = [...new Set([...canRollBack, ...canResolve])].sort();
  return [...perRole, { email: `duty@${DEMO_DOMAIN}`, name: 'Duty person (demo)', roles: several }];
}
