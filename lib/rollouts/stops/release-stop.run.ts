import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { type Actor, can } from '#lib/identity/index.ts';
import { personNow } from '#lib/identity/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { Trigger } from '../rollout.schema.ts';
import { tellOfKill } from '../tell/tell.store.ts';
import { resumeUncovered, rolloutsToResume } from './halt-rollouts.store.ts';
import { takeKillLock } from './kill-guard.store.ts';
import { outsideHalt } from './outside-halt.run.ts';
import { EVERYTHING, type ReleaseStopOutcome, type Stop } from './stop.schema.ts';
import { endStop, findStop, insertRelease, type StopContext } from './stop.store.ts';
import { requirePermission, STOP_PERMISSIONS } from './stop-permission.store.ts';

export type ReleaseStopCommand = {
  stopId: string;
  reason: string;
  actor: Actor;
  trigger: Trigger;
  now: Date;
  dryRun?: boolean;
};

/**
 * A person's word for ending a stop (OPS-7). A kill switch is armed again once as many different people as the policy asks
 * for have said so and hold the permission still; its rollouts then go on where they stood, unless another kill switch covers
 * them. The other kinds need one person. Saying it twice counts once.
 * Errors: AppError NOT_FOUND; FORBIDDEN `permission_missing`, `person_inactive`, `person_needed` (nobody but a person re-arms);
 * CONFLICT `halted_outside` while the halt from outside stands.
 */
export async function releaseStop(command: ReleaseStopCommand): Promise<ReleaseStopOutcome> {
  const loaded = await loadPolicy();
  const context = { loaded, now: command.now };
  return inTransaction(async (tx) => {
    // Freezes, too: what is held by one must not go on before this commits.
    await takeKillLock(tx);
    const stop = await findStop(command.stopId, context, tx);
    if (!stop) throw new AppError('NOT_FOUND', 'There is no such stop.');
    await requirePermission(tx, command.actor, STOP_PERMISSIONS[stop.kind].release, loaded.policy);
    if (!stop.inForce) return { outcome: 'already_released', stop, missing: 0, resumed: [] };
    return stop.kind === 'kill' ? rearm(tx, context, stop, command) : end(tx, context, stop, command);
  });
}

async function rearm(
  tx: Transaction,
  context: StopContext,
  stop: Stop,
  command: ReleaseStopCommand,
): Promise<ReleaseStopOutcome> {
  const { actor, dryRun } = command;
  if (actor.kind !== 'user')
    throw new AppError('FORBIDDEN', 'People arm the kill switch again, each in their own name.', {
      reason: 'person_needed',
    });
  const outside = await outsideHalt();
  if (outside)
    throw new AppError('CONFLICT', `Phasegate is halted from outside (${outside.source}); end that first.`, {
      reason: 'halted_outside',
    });
  const agreed = await stillEntitled(tx, stop, context.loaded.policy);
  const repeated = agreed.has(actor.id);
  const missing = Math.max(0, stop.releasesNeeded - new Set([...agreed, actor.id]).size);
  if (repeated && missing > 0) return { outcome: 'already_counted', stop, missing, resumed: [] };
  if (dryRun && missing > 0) return { outcome: 'would_count', stop, missing, resumed: [] };
  if (missing > 0) {
    await insertRelease(tx, { stopId: stop.id, person: actor, reason: command.reason, at: command.now });
    await publishStop(tx, stop);
    await audit(tx, stop, command, 'stop.release_counted', { missing });
    return { outcome: 'counted', stop: await reread(tx, context, stop), missing, resumed: [] };
  }
  return end(tx, context, stop, command);
}

/** Those who have agreed so far and may still say so. */
async function stillEntitled(tx: Transaction, stop: Stop, policy: Policy): Promise<Set<string>> {
  const people = await Promise.all(stop.releases.map(({ personId }) => personNow(tx, personId)));
  return new Set(people.flatMap((person) => (person && can(person, 'rearm', policy) ? [person.id] : [])));
}

async function end(
  tx: Transaction,
  context: StopContext,
  stop: Stop,
  command: ReleaseStopCommand,
): Promise<ReleaseStopOutcome> {
  const { actor, reason, now, dryRun } = command;
  if (dryRun) {
    const resumed = stop.kind === 'kill' ? await rolloutsToResume(tx, stop.id) : [];
    return { outcome: 'would_release', stop, missing: 0, resumed: resumed.map(({ id }) => id) };
  }
  await insertRelease(tx, { stopId: stop.id, person: actor, reason, at: now });
  await endStop(tx, stop.id, actor.id, now);
  const resumed = stop.kind === 'kill' ? await resumeUncovered(tx, now) : [];
  await publishStop(tx, stop);
  if (stop.kind === 'kill') await tellOfKill(tx, context.loaded.policy, stop, 're-armed', now);
  await audit(tx, stop, command, 'stop.released', { resumed });
  return { outcome: 'released', stop: await reread(tx, context, stop), missing: 0, resumed };
}

function publishStop(tx: Transaction, { scope }: Stop): Promise<void> {
  return publishLive(tx, { topic: 'stop', ...(scope === EVERYTHING ? {} : { rolloutId: scope }) });
}

function audit(
  tx: Transaction,
  { id, kind, scope }: Stop,
  { actor, reason, trigger, now }: ReleaseStopCommand,
  action: string,
  facts: Record<string, number | string[]>,
): Promise<number> {
  return appendAudit(tx, {
    actor,
    action,
    subject: `stop:${id}`,
    reason,
    details: { kind, scope, trigger, ...facts },
    at: now,
  });
}

async function reread(tx: Transaction, context: StopContext, stop: Stop): Promise<Stop> {
  return (await findStop(stop.id, context, tx)) ?? stop;
}
