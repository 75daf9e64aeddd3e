import { type Policy, previousPhase, rolloutsWithPhase } from '#lib/policy/index.ts';
import type { Rollout } from '../rollout.schema.ts';

export type RollbackTarget = { rolloutId: string; fromPhase: string };
export type TargetProblem = { problem: 'unknown_phase' | 'ambiguous' | 'not_one_step'; message: string };

/**
 * `flags:rollback --phase <prev>` names where to go, not where from (ROL-2): finds the rollout that stands one phase
 * ahead of `toPhase`. A rollout that stands on `toPhase` already is a target too: the request may be the second of two.
 */
export function resolveRollbackTarget(
  policy: Policy,
  rollouts: readonly Rollout[],
  toPhase: string,
  rolloutId?: string,
): RollbackTarget | TargetProblem {
  const owners = rolloutsWithPhase(policy, toPhase).filter(
    (id) => rolloutId === undefined || id === rolloutId,
  );
  if (owners.length === 0)
    return {
      problem: 'unknown_phase',
      message: `no rollout${rolloutId ? ` ${rolloutId}` : ''} has a phase ${toPhase}`,
    };
  if (owners.length > 1)
    return { problem: 'ambiguous', message: `phase ${toPhase} is in ${owners.join(' and ')}: add --rollout` };
  const rollout = rollouts.find((candidate) => candidate.id === owners[0]);
  if (!rollout) return { problem: 'unknown_phase', message: `rollout ${owners[0]} has not been started` };
  const phases = policy.rollouts[rollout.id]?.phases.map((phase) => phase.id) ?? [];
  const ahead = phases[phases.indexOf(toPhase) + 1];
  const stepsFrom = previousPhase(policy, rollout.id, rollout.phase)?.id === toPhase ? rollout.phase : ahead;
  if (ahead !== undefined && (rollout.phase === toPhase || stepsFrom === rollout.phase))
    return { rolloutId: rollout.id, fromPhase: ahead };
  const behind = previousPhase(policy, rollout.id, rollout.phase)?.id;
  return {
    problem: 'not_one_step',
    message: `${rollout.id} is in ${rollout.phase}: one step back is ${behind ?? 'not possible'}, not ${toPhase}`,
  };
}
