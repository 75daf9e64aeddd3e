import { userInfo } from 'node:os';
import { AppError } from '#lib/errors/index.ts';
import { type Actor, cliActor } from '#lib/identity/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { RollbackOutcome } from '#lib/rollouts/index.ts';
import { resolveRollbackTarget } from '#lib/rollouts/index.ts';
import { listRollouts, rollBack } from '#lib/rollouts/server.ts';

/** Who runs a command: the account of the machine, as far as it tells. */
export const commandActor = (): Actor => cliActor(userInfo().username);

/** `flags:rollback --phase <where to>` → the same step as the button's (ROL-2). */
export async function rollBackTo(options: {
  toPhase: string;
  rolloutId?: string | undefined;
  reason: string;
  dryRun: boolean;
}): Promise<RollbackOutcome> {
  const { policy } = await loadPolicy();
  const target = resolveRollbackTarget(policy, await listRollouts(), options.toPhase, options.rolloutId);
  if ('problem' in target)
    throw new AppError(target.problem === 'not_one_step' ? 'CONFLICT' : 'VALIDATION', target.message, {
      reason: target.problem,
    });
  return rollBack({
    ...target,
    reason: options.reason,
    trigger: 'cli',
    actor: commandActor(),
    dryRun: options.dryRun,
    now: new Date(),
  });
}

/** What the command prints on standard output: one JSON object. */
export function renderOutcome(outcome: RollbackOutcome, rolloutId?: string): string {
  return JSON.stringify({ ...outcomeJson(outcome, rolloutId), way: 'database' }, null, 2);
}

/** What became of a step back, as commands say it. */
export function outcomeJson(outcome: RollbackOutcome, rolloutId?: string): Record<string, unknown> {
  if (outcome.outcome === 'would_roll_back')
    return { ...outcome, dry_run: true, ...(rolloutId ? { rollout: rolloutId } : {}) };
  const { change } = outcome;
  return {
    outcome: outcome.outcome,
    rollout: change.rolloutId,
    from: change.fromPhase,
    to: change.toPhase,
    by: change.actorName,
    trigger: change.trigger,
    reason: change.reason,
    at: change.createdAt,
    change: change.id,
    flags_before: change.flagsBefore,
    flags_after: change.flagsAfter,
  };
}
