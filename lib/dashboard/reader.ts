import { type Actor, can } from '#lib/identity/index.ts';
import type { Permission, Policy } from '#lib/policy/index.ts';
import { roleLabel } from './phase-timeline.ts';
import type { Right } from './protection.schema.ts';

/** What the policy says of a reader and a permission; the server decides again when something is pressed. */
export function rightOf(policy: Policy, reader: Actor, permission: Permission): Right {
  return {
    allowed: can(reader, permission, policy),
    roles: (policy.permissions[permission] ?? []).map((role) => roleLabel(policy, role)),
  };
}
