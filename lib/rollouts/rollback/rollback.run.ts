import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { applyTransition } from '../machine/apply-transition.store.ts';
import type { RollbackOutcome, Rollout, Trigger } from '../rollout.schema.ts';
import { findRollout, insertPhaseChange, lastPhaseChange, setFlagStates } from '../rollout.store.ts';
import { planRollback, type RollbackPlan, type RollbackRefusal } from './plan-rollback.ts';

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
 * One step back, exactly once however many ask (ROL-1, ROL-7): compare-and-set, flags, record and audit in one
 * transaction. A dry run changes nothing and says what would change (ROL-8).
 * Errors: AppError NOT_FOUND for an unknown rollout, CONFLICT when it stands elsewhere or nothing is behind.
 */
export async function rollBack(command: RollbackCommand): Promise<RollbackOutcome> {
  const loaded = await loadPolicy();
  return inTransaction((tx) => rollBackIn(tx, loaded, command, 'first'));
}

async function rollBackIn(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: RollbackCommand,
  attempt: 'first' | 'after_lost_race',
): Promise<RollbackOutcome> {
  const rollout = await findRollout(command.rolloutId, tx);
  if (!rollout) throw new AppError('NOT_FOUND', `rollout ${command.rolloutId} has not been started`);
  const plan = planRollback({
    policy: loaded.policy,
    rollout,
    lastChange: await lastPhaseChange(command.rolloutId, tx),
    fromPhase: command.fromPhase,
    expectedVersion: command.expectedVersion,
  });
  switch (plan.plan) {
    case 'refuse':
      throw new AppError('CONFLICT', refusalText(command.rolloutId, plan.refusal), {
        reason: plan.refusal.refused,
      });
    case 'already_done':
      return { outcome: 'already_done', change: plan.change };
    case 'step_back':
      if (command.dryRun) {
        const { from, to, flagsBefore, flagsAfter } = plan;
        return { outcome: 'would_roll_back', from, to, flagsBefore, flagsAfter };
      }
      return (
        (await applyStep(tx, loaded, command, rollout, plan)) ??
        (attempt === 'first'
          ? rollBackIn(tx, loaded, command, 'after_lost_race')
          : lostTwice(command.rolloutId))
      );
  }
}

async function applyStep(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: RollbackCommand,
  rollout: Rollout,
  plan: Extract<RollbackPlan, { plan: 'step_back' }>,
): Promise<RollbackOutcome | null> {
  const { rolloutId, actor, reason, trigger, now } = command;
  const moved = await applyTransition(tx, { rollout, event: 'roll_back', toPhase: plan.to, at: now });
  if (moved === null) return null;
  await setFlagStates(tx, {
    rolloutId,
    phase: plan.to,
    flags: plan.flagsAfter,
    version: moved.version,
    at: now,
  });
  await recordPolicyVersion(tx, loaded, 'governance files');
  const change = await insertPhaseChange(tx, {
    rolloutId,
    kind: 'rollback',
    fromPhase: plan.from,
    toPhase: plan.to,
    decisionKey: `rollback:${rolloutId}:${rollout.version}`,
    trigger,
    reason,
    actor,
    flagsBefore: plan.flagsBefore,
    flagsAfter: plan.flagsAfter,
    rolloutVersion: moved.version,
    policyHash: loaded.hash,
    at: now,
  });
  await publishLive(tx, { topic: 'rollout', rolloutId });
  await appendAudit(tx, {
    actor,
    action: 'rollout.rolled_back',
    subject: `rollout:${rolloutId}`,
    reason,
    details: {
      change: change.id,
      from: plan.from,
      to: plan.to,
      trigger,
      version: moved.version,
      flagsBefore: plan.flagsBefore,
      flagsAfter: plan.flagsAfter,
    },
    at: now,
  });
  return { outcome: 'rolled_back', change };
}

function lostTwice(rolloutId: string): never {
  throw new AppError('CONFLICT', `rollout ${rolloutId} is being changed by others; nothing was changed here`);
}

function refusalText(rolloutId: string, refusal: RollbackRefusal): string {
  switch (refusal.refused) {
    case 'nothing_behind':
      return `${rolloutId} is in ${refusal.phase}: there is no phase to go back to`;
    case 'not_in_phase':
      return `${rolloutId} is in ${refusal.phase}, not in ${refusal.asked}; nothing was changed`;
    case 'moved_on':
      return `${rolloutId} has changed since you looked (version ${refusal.version}, you saw ${refusal.expectedVersion}); nothing was changed`;
    case 'phase_unknown':
      return `${rolloutId} is in ${refusal.phase}, which the policy no longer has`;
  }
}
