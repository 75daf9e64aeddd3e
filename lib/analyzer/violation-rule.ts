import type { Objective } from '#lib/policy/index.ts';
import type { Calendar } from './calendar.ts';
import type { Evaluation } from './evaluate-objective.ts';
import type { Detail } from './measure.ts';

const DAY_MS = 86_400_000;

/** Whether an unmet objective counts as a violation by now, and the numbers behind it. */
export type RuleOutcome = { violated: boolean; detail: Detail };

/**
 * How far before an evaluation its rule may have to look, in ms. One day is added because evaluations without enough
 * samples neither count nor break, so that the ones that do count may lie further back.
 */
export function ruleReachMs(objective: Objective): number {
  const rule = objective.violation;
  if ('timesPerDay' in rule) return DAY_MS;
  if ('unmetForSeconds' in rule) return rule.unmetForSeconds * 1000 + DAY_MS;
  return rule.consecutive === 1 ? 0 : (rule.consecutive - 1) * objective.everySeconds * 1000 + DAY_MS;
}

/**
 * Applies the violation rule to an evaluation that is unmet: `consecutive`, `timesPerDay` or `unmetFor` (ANA-2).
 * `evaluateAt` gives the objective at an earlier evaluation time; `notBeforeMs` ends the look back (entry into the phase).
 */
export function applyViolationRule(
  objective: Objective,
  current: Evaluation,
  evaluateAt: (atMs: number) => Evaluation,
  calendar: Calendar,
  notBeforeMs: number,
): RuleOutcome {
  const rule = objective.violation;
  const horizonMs = Math.max(notBeforeMs, current.atMs - ruleReachMs(objective));
  const previous = (atMs: number) => calendar.boundary(atMs - 1, objective.everySeconds);

  if ('timesPerDay' in rule) {
    const dayStartMs = Math.max(horizonMs, calendar.dayStart(current.atMs - 1));
    let times = 1;
    for (let at = previous(current.atMs); at > dayStartMs; at = previous(at))
      if (evaluateAt(at).state === 'unmet') times++;
    return counted(times, rule.timesPerDay);
  }

  if ('unmetForSeconds' in rule) {
    const untilMs = current.atMs - rule.unmetForSeconds * 1000;
    let firstUnmetMs = current.atMs;
    for (let at = previous(current.atMs); at > horizonMs && firstUnmetMs > untilMs; at = previous(at)) {
      const { state } = evaluateAt(at);
      if (state === 'met') break;
      if (state === 'unmet') firstUnmetMs = at;
    }
    return {
      violated: firstUnmetMs <= untilMs,
      detail: {
        unmet_seconds: (current.atMs - firstUnmetMs) / 1000,
        of_seconds: rule.unmetForSeconds,
      },
    };
  }

  let times = 1;
  for (let at = previous(current.atMs); at > horizonMs && times < rule.consecutive; at = previous(at)) {
    const { state } = evaluateAt(at);
    if (state === 'met') break;
    if (state === 'unmet') times++;
  }
  return counted(times, rule.consecutive);
}

function counted(times: number, of: number): RuleOutcome {
  return { violated: times >= of, detail: of === 1 ? {} : { times, of } };
}
