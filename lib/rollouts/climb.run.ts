import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import type { ClimbOutcome } from './climb.schema.ts';
import { servedSettings } from './flag-settings.ts';
import type { DecisionFacts } from './gates/gate-facts.ts';
import { applyTransition } from './machine/apply-transition.store.ts';
import { endSignaturesOfPhase } from './people/end-signatures.store.ts';
import { requireFacts } from './people/facts.store.ts';
import { holdForStep } from './people/hold-rollout.store.ts';
import { requirePerson } from './people/person.store.ts';
import { type ClimbPlan, type ClimbRefusal, planClimb } from './plan-climb.ts';
import type { PhaseChange, Trigger } from './rollout.schema.ts';
import { findChangeOfDecision, findRollout, insertPhaseChange, setFlagStates } from './rollout.store.ts';
import { killInForce } from './stops/kill-guard.store.ts';

export type ClimbCommand = {
  rolloutId: string;
  expectedVersion?: number | undefined;
  reason: string;
  trigger: Trigger;
  actor: { id: string; name: string };
  dryRun?: boolean;
  now: Date;
};

/**
 * A person starts a rollout that was only prepared: from here on its first phase is served and judged. Exactly once; the
 * second press learns of the first. A dry run changes nothing.
 * Errors: AppError NOT_FOUND; FORBIDDEN `person_inactive`, `permission_missing`, `role_missing`; CONFLICT `killed`,
 * `frozen`, `policy_unusable`, `reviews_unsigned`, `rollback_pending`, `not_now`, `moved_on`.
 */
export function startRollout(command: ClimbCommand): Promise<ClimbOutcome> {
  return climb('start', command);
}

/**
 * A person begins the climb again after a rollback, on or after the next canary date (ROL-5). As {@link startRollout};
 * also CONFLICT `too_early`.
 */
export function restartRollout(command: ClimbCommand): Promise<ClimbOutcome> {
  return climb('restart', command);
}

async function climb(kind: 'start' | 'restart', command: ClimbCommand): Promise<ClimbOutcome> {
  const loaded = await loadPolicy();
  return inTransaction(async (tx) => {
    const { rolloutId, actor, now } = command;
    const killed = await killInForce(tx, rolloutId);
    await holdForStep(tx, rolloutId);
    const person = await requirePerson(tx, actor.id, 'promote', loaded.policy);
    const rollout = await findRollout(rolloutId, tx);
    if (!rollout) throw new AppError('NOT_FOUND', `rollout ${rolloutId} does not exist`);
    const before = await findChangeOfDecision(decisionKey(kind, rolloutId, rollout.version - 1), tx);
    if (before) return { outcome: 'already_done', change: before };
    if (killed) throw refusalError(rolloutId, { refused: 'killed' });
    const facts = await requireFacts(tx, loaded, rolloutId, now);
    if (command.expectedVersion !== undefined && command.expectedVersion !== rollout.version)
      throw new AppError('CONFLICT', `${rolloutId} has changed since you looked; nothing was changed`, {
        reason: 'moved_on',
      });
    const plan = planClimb(kind, facts, person.roles);
    if (plan.plan === 'refuse') throw refusalError(rolloutId, plan.refusal);
    return await begin(tx, loaded, command, facts, plan);
  });
}

async function begin(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: ClimbCommand,
  { rollout }: DecisionFacts,
  { kind, to }: Extract<ClimbPlan, { plan: 'climb' }>,
): Promise<ClimbOutcome> {
  const { rolloutId, actor, reason, trigger, now } = command;
  const from = kind === 'start' ? null : rollout.phase;
  const flagsBefore = servedSettings(loaded.policy, rollout);
  const flagsAfter = servedSettings(loaded.policy, { ...rollout, phase: to.id, state: 'running' });
  if (command.dryRun)
    return {
      outcome: kind === 'start' ? 'would_start' : 'would_restart',
      from,
      to: to.id,
      flagsBefore,
      flagsAfter,
    };
  const moved = await applyTransition(tx, {
    rollout,
    event: kind,
    ...(kind === 'restart' ? { toPhase: to.id } : {}),
    at: now,
  });
  if (!moved)
    throw new AppError('CONFLICT', `${rolloutId} is being changed by others; nothing was changed here`, {
      reason: 'moved_on',
    });
  await setFlagStates(tx, { rolloutId, phase: to.id, flags: flagsAfter, version: moved.version, at: now });
  await recordPolicyVersion(tx, loaded, 'governance files');
  const change: PhaseChange = await insertPhaseChange(tx, {
    rolloutId,
    kind,
    fromPhase: from,
    toPhase: to.id,
    decisionKey: decisionKey(kind, rolloutId, rollout.version),
    trigger,
    reason,
    actor,
    flagsBefore,
    flagsAfter,
    rolloutVersion: moved.version,
    policyHash: loaded.hash,
    at: now,
  });
  await endSignaturesOfPhase(tx, { rolloutId, by: actor.id, at: now });
  await appendAudit(tx, {
    actor,
    action: kind === 'start' ? 'rollout.started' : 'rollout.restarted',
    subject: `rollout:${rolloutId}`,
    reason,
    details: { change: change.id, from, to: to.id, trigger, version: moved.version, flagsBefore, flagsAfter },
    at: now,
  });
  return { outcome: kind === 'start' ? 'started' : 'restarted', change };
}

/** One start and one restart per version of a rollout. */
function decisionKey(kind: 'start' | 'restart', rolloutId: string, version: number): string {
  return `climb:${kind}:${rolloutId}:${version}`;
}

function refusalError(rolloutId: string, refusal: ClimbRefusal): AppError {
  const conflict = (message: string) => new AppError('CONFLICT', message, { reason: refusal.refused });
  switch (refusal.refused) {
    case 'killed':
      return conflict(`The kill switch of ${rolloutId} is pressed; arm it again first.`);
    case 'not_now':
      return conflict(`${rolloutId} is ${refusal.state}: there is nothing to start.`);
    case 'rollback_pending':
      return conflict(`A rollback of ${rolloutId} is required; decide it first.`);
    case 'policy_unusable':
      return conflict('The files in governance/ cannot be used; nothing goes forward until they are mended.');
    case 'frozen':
      return conflict(`${rolloutId} is frozen; nothing goes forward now.`);
    case 'reviews_unsigned':
      return conflict(
        `${rolloutId}: ${refusal.reviews} review(s) of a break-glass act have to be signed first.`,
      );
    case 'too_early':
      return conflict(`${rolloutId} may begin again from ${refusal.nextCanaryAt} on.`);
    case 'role_missing':
      return new AppError('FORBIDDEN', `Only ${refusal.needs.join(', ')} may do this.`, {
        reason: refusal.refused,
      });
  }
}
