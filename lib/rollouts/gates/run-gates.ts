import { type Streak, streakOf } from '#lib/analyzer/index.ts';
import type { Gate } from '#lib/policy/index.ts';
import type { GateCheck, GateReason } from '../decision/decision.schema.ts';
import { met, notMet } from './gate-check.ts';
import type { DecisionFacts } from './gate-facts.ts';

type RunFacts = Pick<DecisionFacts, 'policy' | 'rollout' | 'verdicts' | 'now'>;

/** The unbroken run of met windows since the rollout entered its phase (PHA-4). */
export function currentRun(facts: Pick<DecisionFacts, 'policy' | 'rollout' | 'verdicts'>): Streak {
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
  facts: RunFacts,
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
    earliestAt: earliestAfter(facts, neededWindows - run.windows).toISOString(),
    detail: run.lastReset
      ? { reset_at: run.lastReset.at.toISOString(), reset_by: RESET_REASON[run.lastReset.why] }
      : {},
  });
}

/**
 * The end of the window with which `windowsToGo` more windows can have been met, if each is judged and met from here on;
 * never before `now`: what ended before it is being judged, or is made up for after downtime, and may open a gate at once.
 * Counted from the end of the newest judged window, at the earliest from the first whole window of this stay, and not from
 * further back than windows are made up for.
 */
export function earliestAfter({ policy, rollout, verdicts, now }: RunFacts, windowsToGo: number): Date {
  const { windowSeconds, catchUpSeconds } = policy.cycle;
  const windowMs = windowSeconds * 1000;
  const countedFromMs = Math.max(
    verdicts[0]?.windowEnd.getTime() ?? 0,
    Math.ceil(Date.parse(rollout.phaseEnteredAt) / windowMs) * windowMs,
    Math.floor((now.getTime() - catchUpSeconds * 1000) / windowMs) * windowMs,
  );
  return new Date(Math.max(countedFromMs + windowsToGo * windowMs, now.getTime()));
}
