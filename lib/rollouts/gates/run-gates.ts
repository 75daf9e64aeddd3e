import { type Streak, streakOf } from '#lib/analyzer/index.ts';
import type { Gate } from '#lib/policy/index.ts';
import type { GateCheck, GateReason } from '../decision/decision.schema.ts';
import { met, notMet } from './gate-check.ts';
import type { DecisionFacts } from './gate-facts.ts';

/** The unbroken run of met windows since the rollout entered its phase (PHA-4). */
export function currentRun(facts: DecisionFacts): Streak {
  return streakOf(facts.verdicts, {
    windowSeconds: facts.policy.cycle.windowSeconds,
    from: new Date(facts.rollout.phaseEnteredAt),
  });
}

const RESET_REASON = {
  violation: 'run_reset_violation',
  unmet: 'run_reset_unmet',
  gap: 'run_reset_gap',
  rules: 'run_reset_policy',
} as const satisfies Record<NonNullable<Streak['lastReset']>['why'], GateReason>;

/**
 * `windows_running` and `met_for`: how far the run has come, and when it is long enough at the earliest. Windows
 * without enough data do not count, so the forecast says "at the earliest" and never "at".
 */
export function runGate(
  gate: Extract<Gate, { kind: 'windows_running' | 'met_for' }>,
  run: Streak,
  facts: DecisionFacts,
): GateCheck {
  const { windowSeconds } = facts.policy.cycle;
  const neededWindows =
    gate.kind === 'windows_running' ? gate.windows : Math.ceil(gate.durationSeconds / windowSeconds);
  const scale =
    gate.kind === 'windows_running'
      ? { now: Math.min(run.windows, neededWindows), needed: neededWindows, unit: 'windows' as const }
      : {
          now: Math.min(run.metSeconds, gate.durationSeconds),
          needed: gate.durationSeconds,
          unit: 'seconds' as const,
        };
  const since = run.sinceWindow?.toISOString() ?? null;
  if (run.windows >= neededWindows) return met(gate.kind, { ...scale, since });
  const reset = run.windows === 0 ? run.lastReset : null;
  return notMet(gate.kind, reset ? RESET_REASON[reset.why] : 'run_too_short', {
    ...scale,
    since,
    earliestAt: earliest(facts, neededWindows - run.windows),
    detail: run.lastReset
      ? { reset_at: run.lastReset.at.toISOString(), reset_by: RESET_REASON[run.lastReset.why] }
      : {},
  });
}

/** The end of the window with which `windowsToGo` more windows can have closed. */
function earliest(facts: DecisionFacts, windowsToGo: number): string {
  const windowMs = facts.policy.cycle.windowSeconds * 1000;
  const newestEnd = facts.verdicts[0]?.windowEnd.getTime() ?? 0;
  // A window that began before now can still end well; one that ended without a verdict has been missed.
  const from = Math.max(newestEnd, Math.floor(facts.now.getTime() / windowMs) * windowMs);
  const judgedLate = newestEnd > 0 && from - newestEnd <= windowMs ? newestEnd : from;
  return new Date(judgedLate + windowsToGo * windowMs).toISOString();
}
