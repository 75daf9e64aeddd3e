import { type Actor, can } from '#lib/identity/index.ts';
import type { Permission, Policy } from '#lib/policy/index.ts';
import { roleLabel } from './phase-timeline.ts';
import type { Text } from './text.schema.ts';

/** Whether the reader may do something, and which roles may: a button that is off can say why. */
export type Right = { allowed: boolean; roles: Text[] };

/** What the policy says of a reader and a permission; the server decides again when something is pressed. */
export function rightOf(policy: Policy, reader: Actor, permission: Permission): Right {
  return {
    allowed: can(reader, permission, policy),
    roles: (policy.permissions[permission] ?? []).map((role) => roleLabel(policy, role)),
  };
}

/** The same for an act that needs a permission and, besides, one of the roles the phase names. */
export function phaseRightOf(
  policy: Policy,
  reader: Actor,
  permission: Permission,
  roles: readonly string[],
): Right {
  const permitted = policy.permissions[permission] ?? [];
  const both = roles.filter((role) => permitted.includes(role));
  return {
    allowed: can(reader, permission, policy) && reader.roles.some((role) => roles.includes(role)),
    roles: (both.length > 0 ? both : roles).map((role) => roleLabel(policy, role)),
  };
}
