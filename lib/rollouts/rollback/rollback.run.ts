import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { holdForStep } from '../people/hold-rollout.store.ts';
import type { RollbackOutcome, Trigger } from '../rollout.schema.ts';
import { findRollout, lastPhaseChange } from '../rollout.store.ts';
import { planRollback, type RollbackRefusal } from './plan-rollback.ts';
import { stepBack } from './step-back.store.ts';

export type RollbackCommand = {
  rolloutId: string;
  fromPhase: string;
  expectedVersion?: number | undefined;
  reason: string;
  trigger: Trigger;
  actor: { id: string; name: string };
  dryRun?: boolean;
  now: Date;
};

/**
 * One step back, exactly once however many ask (ROL-1, ROL-7). Where a required rollback waits, this confirms it; without
 * one, a person breaks the glass. Done is only what was read back: the change is `pending` until its proof. A dry run
 * changes nothing and says what would change (ROL-8). Works behind a pressed kill switch: the rollout stays halted.
 * Errors: AppError NOT_FOUND for an unknown rollout; CONFLICT `not_in_phase`, `moved_on`, `nothing_behind`,
 * `not_started`, `phase_unknown`.
 */
export async function rollBack(command: RollbackCommand): Promise<RollbackOutcome> {
  const loaded = await loadPolicy();
  return inTransaction((tx) => rollBackIn(tx, loaded, command));
}

/** The same within a transaction: what every trigger goes through, button, command, deadline and decision alike. */
export async function rollBackIn(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: RollbackCommand,
): Promise<RollbackOutcome> {
  const { rolloutId, trigger, reason, actor, now } = command;
  // A step back never loses to another transition: it waits for its turn and is planned from what is so then.
  await holdForStep(tx, rolloutId);
  const rollout = await findRollout(rolloutId, tx);
  if (!rollout) throw new AppError('NOT_FOUND', `rollout ${rolloutId} does not exist`);
  const plan = planRollback({
    policy: loaded.policy,
    rollout,
    lastChange: await lastPhaseChange(rolloutId, tx),
    fromPhase: command.fromPhase,
    expectedVersion: command.expectedVersion,
  });
  if (plan.plan === 'refuse')
    throw new AppError('CONFLICT', refusalText(rolloutId, plan.refusal), { reason: plan.refusal.refused });
  if (plan.plan === 'already_done') return { outcome: 'already_done', change: plan.change };
  if (command.dryRun) {
    const { from, to, flagsBefore, flagsAfter } = plan;
    return { outcome: 'would_roll_back', from, to, flagsBefore, flagsAfter };
  }
  const change = await stepBack(tx, loaded, { rollout, plan, trigger, reason, actor, now });
  if (change) return { outcome: 'rolled_back', change };
  throw new Error(`${rolloutId} moved while it was held`);
}

function refusalText(rolloutId: string, refusal: RollbackRefusal): string {
  switch (refusal.refused) {
    case 'nothing_behind':
      return `${rolloutId} is in ${refusal.phase}: there is no phase to go back to`;
    case 'not_started':
      return `${rolloutId} has not been started: nothing of it is on`;
    case 'not_in_phase':
      return `${rolloutId} is in ${refusal.phase}, not in ${refusal.asked}; nothing was changed`;
    case 'moved_on':
      return `${rolloutId} has changed since you looked (version ${refusal.version}, you saw ${refusal.expectedVersion}); nothing was changed`;
    case 'phase_unknown':
      return `${rolloutId} is in ${refusal.phase}, which the policy no longer has`;
  }
}
