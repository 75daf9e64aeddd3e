import { userInfo } from 'node:os';
import { AppError, type AppErrorCode } from '#lib/errors/index.ts';
import { type Actor, cliActor } from '#lib/identity/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { RollbackOutcome } from '#lib/rollouts/index.ts';
import { resolveRollbackTarget } from '#lib/rollouts/index.ts';
import { listRollouts, rollBack } from '#lib/rollouts/server.ts';

/** Exit codes of the commands: 0 done, 2 bad input, 4 conflict, 1 anything else. */
const EXIT_CODES: Partial<Record<AppErrorCode, number>> = { VALIDATION: 2, NOT_FOUND: 2, CONFLICT: 4 };

export function exitCodeOf(error: unknown): number {
  return error instanceof AppError ? (EXIT_CODES[error.code] ?? 1) : 1;
}

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
  if (outcome.outcome === 'would_roll_back')
    return JSON.stringify(
      { ...outcome, dry_run: true, ...(rolloutId ? { rollout: rolloutId } : {}) },
      null,
      2,
    );
  const { change } = outcome;
  return JSON.stringify(
    {
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
    },
    null,
    2,
  );
}
