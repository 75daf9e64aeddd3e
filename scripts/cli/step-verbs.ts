import { RollbackOutcomeSchema } from '#lib/rollouts/rollout.schema.ts';
import { rollBack } from '#lib/rollouts/server.ts';
import { actAtMachine, askToProtect } from './at-machine.ts';
import { callApi, connect, hasKey, type Where } from './call-api.ts';
import type { CommandIo } from './command-io.ts';
import { rolloutPath } from './people-verbs.ts';
import { commandActor, outcomeJson } from './rollback-command.ts';
import { readDecision } from './shown-decision.ts';

type Step = Where & { target: string; reason: string; dryRun: boolean };

/** Starts what is being prepared. Binds to the version that is there now. */
export const start = (io: CommandIo, options: Step) => stepOn(io, options, 'start');

/** Begins the climb again, from the canary date on (ROL-5). */
export const restart = (io: CommandIo, options: Step) => stepOn(io, options, 'restart');

async function stepOn(io: CommandIo, options: Step, what: 'start' | 'restart'): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const { rolloutVersion } = await readDecision(connection, options.target);
  return await callApi(connection, {
    method: 'POST',
    path: `${rolloutPath(options.target)}/${what}`,
    body: { expectedVersion: rolloutVersion, reason: options.reason, dryRun: options.dryRun },
  });
}

/** Says "not now" to a rollback that is required (ROL-3). */
export async function decline(io: CommandIo, options: Step & { request?: string }): Promise<unknown> {
  const { target, request, reason, dryRun } = options;
  return await callApi(connect(options, io.environment, io.say), {
    method: 'POST',
    path: `${rolloutPath(target)}/rollback/decline`,
    body: { ...(request === undefined ? {} : { requestId: request }), reason, dryRun },
  });
}

/** One step back (ROL-2): as the person of the key, or, without one, at the machine straight on its database. */
export async function rollback(io: CommandIo, options: Step & { phase: string }): Promise<unknown> {
  const { target, phase, reason, dryRun } = options;
  if (hasKey(options, io.environment)) {
    const answer = await askToProtect(io, options, {
      method: 'POST',
      path: `${rolloutPath(target)}/rollback`,
      body: { fromPhase: phase, reason, dryRun },
    });
    return { ...outcomeJson(RollbackOutcomeSchema.parse(answer), target), way: 'api' };
  }
  return await actAtMachine(io, options, async () => {
    const outcome = await rollBack({
      rolloutId: target,
      fromPhase: phase,
      reason,
      trigger: 'cli',
      actor: commandActor(),
      dryRun,
      now: new Date(),
    });
    return { ...outcomeJson(outcome, target), way: 'database' };
  });
}
