import type { Objective, Policy } from '#lib/policy/index.ts';
import type { Evaluation } from './evaluate-objective.ts';
import { warningLine } from './limit.ts';
import type { MetricVerdict, VerdictKind, VerdictReason } from './verdict.schema.ts';
import type { RuleOutcome } from './violation-rule.ts';

/** What an objective's evaluation and its violation rule come to (ANA-4). `rule` is needed where it is unmet. Pure. */
export function metricVerdict(
  policy: Policy,
  objective: Objective,
  judged: { evaluation: Evaluation; rule: RuleOutcome | undefined; atMs: number; dueAtMs: number },
): MetricVerdict {
  const { evaluation, rule, atMs, dueAtMs } = judged;
  const unit = policy.metrics[objective.metric]?.unit ?? 'count';
  const { verdict, reason } = conclude(evaluation, rule?.violated ?? false);
  return {
    metric: objective.metric,
    value: evaluation.value,
    unit,
    limit: objective.limit.value,
    limit_kind: objective.limit.kind,
    warn_at: warningLine(objective.limit, unit, policy.judging),
    verdict,
    met: evaluation.state === 'unknown' ? null : evaluation.state === 'met',
    samples: evaluation.samples,
    reason,
    detail: {
      ...evaluation.detail,
      ...rule?.detail,
      // A slower cadence repeats its last evaluation, so that a violation stays until the next one says otherwise.
      ...(dueAtMs < atMs ? { not_due: true, evaluated_at: new Date(dueAtMs).toISOString() } : {}),
    },
    shadow: objective.shadow,
    window_seconds: objective.window.kind === 'trailing' ? objective.window.seconds : 86_400,
  };
}

function conclude(
  evaluation: Evaluation,
  violated: boolean,
): { verdict: VerdictKind; reason: VerdictReason } {
  switch (evaluation.state) {
    case 'unknown':
      return { verdict: 'insufficient_data', reason: evaluation.reason };
    case 'met':
      return { verdict: evaluation.reason === 'near_limit' ? 'warn' : 'pass', reason: evaluation.reason };
    case 'unmet':
      return violated
        ? { verdict: 'violation', reason: 'past_limit' }
        : { verdict: 'warn', reason: 'past_limit_not_yet' };
  }
}
