import { findPhase, type Policy, previousPhase } from '#lib/policy/index.ts';
import { flagSettingsOf, servedSettings } from '../flag-settings.ts';
import type { FlagSettings, PhaseChange, Rollout } from '../rollout.schema.ts';

/** Why a request to step back cannot be carried out; texts are rendered from the code. */
export type RollbackRefusal =
  | { refused: 'nothing_behind'; phase: string }
  | { refused: 'not_started'; phase: string }
  | { refused: 'not_in_phase'; phase: string; asked: string }
  | { refused: 'moved_on'; phase: string; version: number; expectedVersion: number }
  | { refused: 'phase_unknown'; phase: string };

export type RollbackPlan =
  | { plan: 'step_back'; from: string; to: string; flagsBefore: FlagSettings; flagsAfter: FlagSettings }
  | { plan: 'already_done'; change: PhaseChange }
  | { plan: 'refuse'; refusal: RollbackRefusal };

/**
 * Decides one step back (ROL-1: one phase, never two; ROL-7: the second of several triggers joins the first).
 * `fromPhase` is the phase the person or program saw; `lastChange` the rollout's newest step. Pure.
 */
export function planRollback(input: {
  policy: Policy;
  rollout: Rollout;
  lastChange: PhaseChange | null;
  fromPhase: string;
  expectedVersion?: number | undefined;
}): RollbackPlan {
  const { policy, rollout, lastChange, fromPhase, expectedVersion } = input;
  const refuse = (refusal: RollbackRefusal): RollbackPlan => ({ plan: 'refuse', refusal });
  if (!findPhase(policy, rollout.id, rollout.phase))
    return refuse({ refused: 'phase_unknown', phase: rollout.phase });
  if (rollout.phase !== fromPhase) {
    const joins =
      lastChange?.kind === 'rollback' &&
      lastChange.fromPhase === fromPhase &&
      lastChange.toPhase === rollout.phase &&
      (expectedVersion === undefined || lastChange.rolloutVersion === expectedVersion + 1);
    return joins
      ? { plan: 'already_done', change: lastChange }
      : refuse({ refused: 'not_in_phase', phase: rollout.phase, asked: fromPhase });
  }
  if (expectedVersion !== undefined && expectedVersion !== rollout.version)
    return refuse({ refused: 'moved_on', phase: rollout.phase, version: rollout.version, expectedVersion });
  if (rollout.state === 'preparing' || rollout.resumeState === 'preparing')
    return refuse({ refused: 'not_started', phase: rollout.phase });
  const target = previousPhase(policy, rollout.id, fromPhase);
  if (!target) return refuse({ refused: 'nothing_behind', phase: fromPhase });
  return {
    plan: 'step_back',
    from: fromPhase,
    to: target.id,
    flagsBefore: servedSettings(policy, rollout),
    flagsAfter: flagSettingsOf(policy, rollout.id, target.id),
  };
}
