import { findPhase, type Objective } from '#lib/policy/index.ts';
import { calendarOf } from './calendar.ts';
import { evaluateObjective } from './evaluate-objective.ts';
import type { JudgeInput, WindowToJudge } from './judge-window.ts';
import type { Measuring } from './measure.ts';
import { metricVerdict } from './metric-verdict.ts';
import { provenUnmet } from './proven-breach.ts';
import { indexSeries } from './series-index.ts';
import type { MetricVerdict } from './verdict.schema.ts';
import { applyViolationRule } from './violation-rule.ts';

/** What a window that is still open has proven so far: violations and nothing else. */
export type OpenWindowJudgement = {
  rolloutId: string;
  phase: string;
  windowStart: Date;
  windowEnd: Date;
  /** The deciding objectives that are violated at the window's end, whatever still comes. */
  breaches: MetricVerdict[];
  /** Whether one of them asks for a step back. */
  rollbackRequired: boolean;
};

/**
 * Judges a phase at the end of a window that is still open (TEL-8). An objective is violated only where running counts
 * prove it unmet (see {@link provenUnmet}) and its violation rule is met by that and the closed windows before it.
 * Objectives that are not due at the window's end were judged when they were. What is not proven is left out: silence
 * here says nothing, and this is never the window's verdict. Pure.
 * Errors: RangeError for a rollout or phase the policy does not have.
 */
export function judgeOpenWindow(input: JudgeInput & WindowToJudge): OpenWindowJudgement {
  const { policy, catalogue, series, rolloutId, phase: phaseId, windowEnd, since } = input;
  const phase = findPhase(policy, rolloutId, phaseId);
  if (!phase) throw new RangeError(`the policy has no phase "${phaseId}" in rollout "${rolloutId}"`);
  const measuring: Measuring = {
    policy,
    index: indexSeries(series, catalogue),
    calendar: calendarOf(policy.timezone),
  };
  const windowMs = policy.cycle.windowSeconds * 1000;
  const atMs = windowEnd.getTime();
  const sinceMs = since ? Math.floor(since.getTime() / windowMs) * windowMs : Number.NEGATIVE_INFINITY;
  const scope = { rolloutId, phase: phaseId, sinceMs };

  function breachOf(objective: Objective): MetricVerdict | null {
    if (objective.shadow || measuring.calendar.boundary(atMs, objective.everySeconds) !== atMs) return null;
    const evaluation = provenUnmet(measuring, objective, scope, atMs, policy.fastLane);
    if (!evaluation) return null;
    const closed = (before: number) => evaluateObjective(measuring, objective, scope, before);
    const rule = applyViolationRule(objective, evaluation, closed, measuring.calendar, sinceMs);
    return rule.violated ? metricVerdict(policy, objective, { evaluation, rule, atMs, dueAtMs: atMs }) : null;
  }

  const found = phase.objectives.flatMap((objective) => {
    const breach = breachOf(objective);
    return breach ? [{ breach, asks: objective.onViolation === 'roll_back' }] : [];
  });
  return {
    rolloutId,
    phase: phaseId,
    windowStart: new Date(atMs - windowMs),
    windowEnd,
    breaches: found.map(({ breach }) => breach),
    rollbackRequired: found.some(({ asks }) => asks),
  };
}
