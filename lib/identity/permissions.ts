import type { Permission, Policy } from '#lib/policy/index.ts';
import type { Actor } from './actor.ts';

type RolePolicy = Pick<Policy, 'permissions'>;

/**
 * Whether the policy lets this actor do it. People: by role. Phasegate itself and the machine's command line: yes,
 * their callers decide. API keys: never, they have scopes. A role the policy no longer knows gives nothing.
 */
export function can(actor: Actor, permission: Permission, policy: RolePolicy): boolean {
  switch (actor.kind) {
    case 'system':
    case 'cli':
      return true;
    case 'api_key':
      return false;
    case 'user':
      return actor.roles.some((role) => policy.permissions[permission]?.includes(role) ?? false);
  }
}

/** The roles that may manage users; somebody must always hold one of them. */
export function administratorRoles(policy: RolePolicy): readonly string[] {
  return policy.permissions.manage_users ?? [];
}
