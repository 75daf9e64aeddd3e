import { log } from '#lib/config/server.ts';
import { inProtectiveTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAuditOrQueue } from '#lib/evidence/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { openReview } from '../reviews/review.store.ts';
import type { Trigger } from '../rollout.schema.ts';
import { tellOfKill } from '../tell/tell.store.ts';
import { haltCovered, rolloutsToHalt } from './halt-rollouts.store.ts';
import { takeKillLock } from './kill-guard.store.ts';
import {
  EVERYTHING,
  isKillWord,
  type OrderStopOutcome,
  type OrderStopRequest,
  type Stop,
  type StopKind,
} from './stop.schema.ts';
import { endStop, findStop, insertStop, openOrder, prolongStop, type StopContext } from './stop.store.ts';
import { requirePermission, STOP_PERMISSIONS } from './stop-permission.store.ts';

export type OrderStopCommand = OrderStopRequest & { actor: Actor; trigger: Trigger; now: Date };

/** An order by a person or, with `rule` in its details, by a condition. */
export type Order = {
  kind: StopKind;
  scope: string;
  reason: string;
  endsAt: Date | null;
  actor: Actor;
  trigger: Trigger;
  details: Record<string, string | number>;
};

/**
 * Stops: the kill switch, a freeze, or the reading of sources (OPS-7, COL-9). For the kill switch, once this returns no
 * automatic act and no promotion of what it covers can commit; it works in every state, and also when the audit trail cannot
 * be written. Pressing what is pressed joins it; of two ends the later one holds.
 * Errors: AppError FORBIDDEN `permission_missing`, `person_inactive`; UNPROCESSABLE `not_confirmed`, `ends_in_the_past`;
 * NOT_FOUND `rollout_unknown`.
 */
export async function orderStop(command: OrderStopCommand): Promise<OrderStopOutcome> {
  const { kind, scope, reason, actor, trigger, now, dryRun } = command;
  const loaded = await loadPolicy();
  const endsAt = command.kind === 'kill' || command.endsAt === undefined ? null : new Date(command.endsAt);
  return inProtectiveTransaction(async (tx) => {
    await requirePermission(tx, actor, STOP_PERMISSIONS[kind].order, loaded.policy);
    if (command.kind === 'kill' && !dryRun && !isKillWord(command.confirm))
      throw new AppError('UNPROCESSABLE', 'Type the word to confirm.', { reason: 'not_confirmed' });
    if (endsAt && endsAt <= now)
      throw new AppError('UNPROCESSABLE', 'The end lies in the past.', { reason: 'ends_in_the_past' });
    await requireScope(tx, loaded, scope);
    if (dryRun)
      return {
        outcome: 'would_order',
        kind,
        scope,
        halted: kind === 'kill' ? await rolloutsToHalt(tx, scope) : [],
      };
    return orderIn(tx, { loaded, now }, { kind, scope, reason, endsAt, actor, trigger, details: {} });
  });
}

async function requireScope(tx: Transaction, { policy }: LoadedPolicy, scope: string): Promise<void> {
  if (scope === EVERYTHING || Object.hasOwn(policy.rollouts, scope)) return;
  if ((await tx.rollout.count({ where: { id: scope } })) === 0)
    throw new AppError('NOT_FOUND', `There is no rollout ${scope}.`, { reason: 'rollout_unknown' });
}

/** An order in a transaction of its own, without asking who may: for Phasegate's own conditions. Errors: the database's. */
export async function orderIn(
  tx: Transaction,
  context: StopContext,
  order: Order,
): Promise<OrderStopOutcome> {
  const { loaded, now } = context;
  const { kind, scope, reason, endsAt, actor, trigger, details } = order;
  // Freezes, too: a promotion looks at them under the same lock.
  await takeKillLock(tx);
  const joined = await joinOpen(tx, context, order);
  const stop =
    joined ??
    (await insertStop(
      tx,
      { kind, scope, reason, trigger, person: actor, endsAt, details, at: now },
      context,
    ));
  const halted = kind === 'kill' ? await haltCovered(tx, now) : [];
  await publishLive(tx, { topic: 'stop', ...(scope === EVERYTHING ? {} : { rolloutId: scope }) });
  const unwritten = await appendAuditOrQueue(tx, {
    actor,
    action: joined ? 'stop.joined' : 'stop.ordered',
    subject: `stop:${stop.id}`,
    reason,
    details: { kind, scope, trigger, halted, endsAt: stop.endsAt, ...details },
    at: now,
  });
  if (!joined && kind === 'kill') await tellOfKill(tx, loaded.policy, stop, 'kill-switch', now);
  if (unwritten !== null)
    log('rollouts').error({ err: unwritten, stop: stop.id }, 'a stop is not on record yet; it is queued');
  if (!joined && kind === 'kill' && trigger !== 'automatic')
    await openReview(tx, {
      rolloutId: scope === EVERYTHING ? null : scope,
      kind: 'kill',
      subject: `stop_order:${stop.id}`,
      reason,
      openedBy: actor,
      needed: loaded.policy.signatures.reviewSigners,
      at: now,
    });
  return { outcome: joined ? 'joined' : 'ordered', stop, halted };
}

/** The order that is in force already, lasting as long as the longer of the two; null: this is a new one. */
async function joinOpen(tx: Transaction, context: StopContext, order: Order): Promise<Stop | null> {
  const open = await openOrder(tx, order);
  if (!open) return null;
  if (open.endsAt !== null && open.endsAt <= context.now) {
    await endStop(tx, open.id, 'time', open.endsAt);
    return null;
  }
  if (open.endsAt !== null && (order.endsAt === null || order.endsAt > open.endsAt))
    await prolongStop(tx, open.id, order.endsAt);
  return findStop(open.id, context, tx);
}
