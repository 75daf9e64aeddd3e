import type { Policy } from '../policy.schema.ts';
import { type CrossIssue, unknown } from './issue.ts';

/** Roles that there are, wherever the policy names one; whoever comes uninvited may look and nothing else. */
export function checkRoles(policy: Policy): CrossIssue[] {
  const roles = Object.keys(policy.roles);
  const check = (path: PropertyKey[], names: readonly string[]) =>
    names.flatMap((name, i) => (roles.includes(name) ? [] : [unknown([...path, i], 'role', name, roles)]));
  return Object.entries(policy.permissions)
    .flatMap(([permission, names]) => check(['permissions', permission], names))
    .concat(
      Object.entries(policy.rollouts).flatMap(([id, rollout]) =>
        rollout.phases.flatMap((phase, i) => [
          ...check(['rollouts', id, 'phases', i, 'promoteBy'], phase.promoteBy),
          ...phase.gates.flatMap((gate, j) =>
            gate.kind === 'signed_off' && !roles.includes(gate.role)
              ? [unknown(['rollouts', id, 'phases', i, 'gates', j, 'role'], 'role', gate.role, roles)]
              : [],
          ),
          ...phase.approvals.flatMap((approval, j) =>
            roles.includes(approval.role)
              ? []
              : [
                  unknown(
                    ['rollouts', id, 'phases', i, 'approvals', j, 'role'],
                    'role',
                    approval.role,
                    roles,
                  ),
                ],
          ),
        ]),
      ),
      Object.entries(policy.checklists).flatMap(([list, items]) =>
        items.flatMap((item, i) =>
          item.role === undefined || roles.includes(item.role)
            ? []
            : [unknown(['checklists', list, i, 'role'], 'role', item.role, roles)],
        ),
      ),
      checkNewAccountRole(policy, roles),
    );
}

function checkNewAccountRole({ signIn, permissions }: Policy, roles: readonly string[]): CrossIssue[] {
  const role = signIn.newAccountRole;
  const path = ['signIn', 'newAccountRole'];
  if (!roles.includes(role)) return [unknown(path, 'role', role, roles)];
  const more = Object.entries(permissions)
    .filter(([permission, names]) => permission !== 'view' && names.includes(role))
    .map(([permission]) => permission);
  return more.length === 0
    ? []
    : [{ path, message: `anybody on GitHub would have the permissions ${more.join(', ')}` }];
}
