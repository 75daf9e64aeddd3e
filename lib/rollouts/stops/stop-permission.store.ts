import type { Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { type Actor, can } from '#lib/identity/index.ts';
import type { Permission, Policy } from '#lib/policy/index.ts';
import { requirePerson } from '../people/person.store.ts';
import type { StopKind } from './stop.schema.ts';

/** Who may order a stop of each kind, and who may end it. */
export const STOP_PERMISSIONS = {
  kill: { order: 'halt', release: 'rearm' },
  freeze: { order: 'freeze', release: 'freeze' },
  collection: { order: 'pause_collection', release: 'pause_collection' },
} as const satisfies Record<StopKind, Record<'order' | 'release', Permission>>;

/**
 * Whether an actor may, asked in the transaction of the act: people by the roles they hold now.
 * Errors: AppError FORBIDDEN `person_inactive`, `permission_missing`.
 */
export async function requirePermission(
  tx: Transaction,
  actor: Actor,
  permission: Permission,
  policy: Policy,
): Promise<void> {
  if (actor.kind === 'user') {
    await requirePerson(tx, actor.id, permission, policy);
    return;
  }
  if (!can(actor, permission, policy))
    throw new AppError('FORBIDDEN', `This needs the permission ${permission}.`, {
      reason: 'permission_missing',
    });
}
