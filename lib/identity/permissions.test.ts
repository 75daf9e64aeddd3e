import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { type Actor, cliActor, SYSTEM_ACTOR } from './actor.ts';
import { demoAccounts } from './demo.ts';
import { administratorRoles, can } from './permissions.ts';

const { policy } = await loadPolicy('governance');

function person(...roles: string[]): Actor {
  return { kind: 'user', id: 'u', name: 'U', roles, scopes: [] };
}

describe('what the policy of this repository allows', () => {
  it.each([
    ['viewer', ['view']],
    ['reviewer', ['view', 'sign_off']],
    [
      'on_call',
      [
        'view',
        'roll_back',
        'decide_rollback',
        'halt',
        'freeze',
        'close_incident',
        'send_again',
        'report_bug',
        'record_deployment',
        'rehearse',
      ],
    ],
    [
      'sre',
      PERMISSIONS.filter((permission) => permission !== 'manage_users' && permission !== 'manage_keys'),
    ],
    [
      'dev_lead',
      [
        'view',
        'promote',
        'approve',
        'sign_off',
        'answer_checklist',
        'sign_review',
        'halt',
        'rearm',
        'freeze',
        'record_deployment',
      ],
    ],
    ['data_qa', ['view', 'sign_off', 'answer_checklist', 'report_bug', 'resolve_quarantine']],
    ['product_owner', ['view', 'sign_off', 'report_bug']],
    ['governance', ['view', 'promote', 'approve', 'sign_off', 'sign_review', 'halt', 'rearm', 'freeze']],
    // Whoever hands out roles approves nothing, signs nothing off and answers no checklist.
    [
      'admin',
      PERMISSIONS.filter((permission) => !['approve', 'sign_off', 'answer_checklist'].includes(permission)),
    ],
  ] as const)('lets %s do exactly %j', (role, allowed) => {
    const granted = PERMISSIONS.filter((permission) => can(person(role), permission, policy));
    expect(granted.toSorted()).toEqual([...allowed].toSorted());
  });

  it('adds up over the roles of one person', () => {
    expect(can(person('data_qa', 'on_call'), 'roll_back', policy)).toBe(true);
    expect(can(person('data_qa', 'on_call'), 'manage_users', policy)).toBe(false);
  });

  it('gives nothing to nobody, to roles it does not know, and to names of object members', () => {
    for (const roles of [[], ['root'], ['constructor'], ['__proto__']]) {
      expect(can(person(...roles), 'view', policy)).toBe(false);
    }
  });

  it('gives nothing by role to an API key, whatever it says its roles are', () => {
    expect(can({ ...person('admin'), kind: 'api_key' }, 'view', policy)).toBe(false);
  });

  it('leaves Phasegate itself and the command line of the machine to their callers', () => {
    expect(can(SYSTEM_ACTOR, 'roll_back', policy)).toBe(true);
    expect(can(cliActor('ops'), 'roll_back', policy)).toBe(true);
  });

  it('has the roles that this code hands out', () => {
    const stranger = person(policy.signIn.newAccountRole);
    expect(PERMISSIONS.filter((each) => can(stranger, each, policy))).toEqual(['view']);
    for (const role of administratorRoles(policy)) expect(policy.roles).toHaveProperty(role);
    for (const account of demoAccounts(policy))
      for (const role of account.roles) expect(policy.roles).toHaveProperty(role);
  });
});
