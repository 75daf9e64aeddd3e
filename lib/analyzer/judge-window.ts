import {
  type EventCatalogue,
  findPhase,
  type Objective,
  type Policy,
  previousPhase,
} from '#lib/policy/index.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { calendarOf } from './calendar.ts';
import { type Evaluation, evaluateObjective } from './evaluate-objective.ts';
import { type LostSource, lostIn } from './lost-sources.ts';
import { type Measuring, measure } from './measure.ts';
import { metricVerdict } from './metric-verdict.ts';
import { indexSeries, type Scope } from './series-index.ts';
import { type MetricVerdict, type PhaseVerdict, VERDICTS, type VerdictKind } from './verdict.schema.ts';
import { applyViolationRule } from './violation-rule.ts';
import { watchedMetrics } from './watched-metrics.ts';

const RETRYABLE_FAILURES = 'retryable_failures'; // ANA-5 names this metric in the verdict itself

export type JudgeInput = {
  policy: Policy;
  catalogue: EventCatalogue;
  policyHash: string;
  /** Windows of the rollout, as far back as objectives and baselines look (see {@link lookBack}). */
  series: readonly WindowSeries[];
  /** Files with telemetry of what is judged that cannot be read (COL-5). */
  lost?: readonly LostSource[];
};

export type WindowToJudge = {
  rolloutId: string;
  phase: string;
  /** End of the 15-minute window that is judged. */
  windowEnd: Date;
  /** When the rollout entered this phase: what happened in an earlier stay does not count against this one. */
  since?: Date | undefined;
};

export type Judge = (window: WindowToJudge) => PhaseVerdict;

/** The worst of some verdicts, in the order of {@link VERDICTS}; nothing judged is `insufficient_data`. */
export function worstVerdict(kinds: readonly VerdictKind[]): VerdictKind {
  if (kinds.length === 0) return 'insufficient_data';
  return VERDICTS[Math.max(...kinds.map((kind) => VERDICTS.indexOf(kind)))] ?? 'insufficient_data';
}

/**
 * A judge over one set of windows. It remembers what it has evaluated, because violation rules look back up to days;
 * judging a range of windows therefore costs little more than judging the last of them.
 */
export function createJudge({ policy, catalogue, policyHash, series, lost = [] }: JudgeInput): Judge {
  const measuring: Measuring = {
    policy,
    index: indexSeries(series, catalogue),
    calendar: calendarOf(policy.timezone),
  };
  const remembered = new Map<string, Evaluation>();

  function judgeObjective(objective: Objective, at: number, scope: Scope, position: number): MetricVerdict {
    const evaluateAt = (atMs: number): Evaluation => {
      const key = [scope.rolloutId, scope.phase, scope.sinceMs, position, atMs].join('|');
      const known = remembered.get(key);
      if (known) return known;
      const evaluation = evaluateObjective(measuring, objective, scope, atMs);
      remembered.set(key, evaluation);
      return evaluation;
    };
    const dueAt = measuring.calendar.boundary(at, objective.everySeconds);
    const evaluation = evaluateAt(dueAt);
    const rule =
      evaluation.state === 'unmet'
        ? applyViolationRule(objective, evaluation, evaluateAt, measuring.calendar, scope.sinceMs)
        : undefined;
    return metricVerdict(policy, objective, { evaluation, rule, atMs: at, dueAtMs: dueAt });
  }

  return ({ rolloutId, phase: phaseId, windowEnd, since }) => {
    const phase = findPhase(policy, rolloutId, phaseId);
    if (!phase) throw new RangeError(`the policy has no phase "${phaseId}" in rollout "${rolloutId}"`);
    const windowMs = policy.cycle.windowSeconds * 1000;
    const at = windowEnd.getTime();
    const sinceMs = since ? Math.floor(since.getTime() / windowMs) * windowMs : Number.NEGATIVE_INFINITY;
    const scope = { rolloutId, phase: phaseId, sinceMs };

    const missing = lostIn(lost, { start: new Date(at - windowMs), end: windowEnd });
    // While anything else is heard of the clients in this window, Phasegate still sees.
    const blind =
      missing && measuring.index.clientEvents(scope, { fromMs: at - windowMs, toMs: at }) === 0
        ? missing
        : null;
    const judged = phase.objectives.map((objective, i) =>
      unseen(judgeObjective(objective, at, scope, i), blind),
    );
    const watched = watchedMetrics(policy, rolloutId, phaseId).map(({ metric, window }) => {
      const measured = measure(measuring, metric, scope, window, at, 1);
      return watchedVerdict(policy, metric, measured, window);
    });

    const deciding = judged.filter((metric) => !metric.shadow);
    const verdict = worstVerdict(deciding.map((metric) => metric.verdict));
    const rollbackRequired = phase.objectives.some(
      (objective, i) =>
        !objective.shadow &&
        objective.onViolation === 'roll_back' &&
        (judged[i]?.verdict === 'violation' || judged[i]?.reason === 'source_lost'),
    );
    const anyWarning = deciding.some((m) => m.verdict === 'violation' || m.verdict === 'warn');
    return {
      rollout: rolloutId,
      phase: phaseId,
      window: { start: new Date(at - windowMs).toISOString(), end: windowEnd.toISOString() },
      verdict,
      breach: verdict === 'violation',
      rollback_required: rollbackRequired,
      rollbackTo: rollbackRequired ? (previousPhase(policy, rolloutId, phaseId)?.id ?? null) : null,
      slo_met: allMet(deciding),
      metrics: [...judged, ...watched],
      notify_level: rollbackRequired ? 'critical' : anyWarning ? 'warning' : 'none',
      retryable_failures: retryableFailures(measuring, scope, at),
      policy_version: policyHash,
    };
  };
}

/**
 * A metric that cannot be told because the file that holds its newest part cannot be read (COL-5); what older telemetry still
 * shows as a violation stays one. Pure.
 */
function unseen(metric: MetricVerdict, lost: LostSource | null): MetricVerdict {
  if (lost === null || metric.verdict === 'violation') return metric;
  return {
    ...metric,
    verdict: 'insufficient_data',
    met: null,
    reason: 'source_lost',
    detail: {
      ...metric.detail,
      source: lost.source,
      failure: lost.failure,
      failing_since: lost.failingSince.toISOString(),
    },
  };
}

/** Judges one window (ANA-4, ANA-5). Pure. Errors: RangeError for a rollout or phase the policy does not have. */
export function judgeWindow(input: JudgeInput & WindowToJudge): PhaseVerdict {
  return createJudge(input)(input);
}

/** Every deciding objective met: true; one unmet: false; else it cannot be told (PHA-4). */
function allMet(deciding: readonly MetricVerdict[]): boolean | null {
  if (deciding.some((metric) => metric.met === false)) return false;
  return deciding.length > 0 && deciding.every((metric) => metric.met === true) ? true : null;
}

function watchedVerdict(
  policy: Policy,
  metric: string,
  measured: ReturnType<typeof measure>,
  window: Objective['window'],
): MetricVerdict {
  const present = measured.kind === 'present';
  return {
    metric,
    value: present ? measured.value : null,
    unit: policy.metrics[metric]?.unit ?? 'count',
    limit: null,
    limit_kind: null,
    warn_at: null,
    verdict: present ? 'pass' : 'insufficient_data',
    met: null,
    samples: measured.samples,
    reason: present ? 'within_limit' : measured.why,
    detail: measured.detail,
    shadow: false,
    window_seconds: window.kind === 'trailing' ? window.seconds : 86_400,
  };
}

function retryableFailures(measuring: Measuring, scope: Scope, at: number): number {
  const { policy } = measuring;
  if (!policy.metrics[RETRYABLE_FAILURES]) return 0;
  const window = { kind: 'trailing', seconds: policy.cycle.windowSeconds } as const;
  const measured = measure(measuring, RETRYABLE_FAILURES, scope, window, at, 0);
  return measured.kind === 'present' ? Math.round(measured.value) : 0;
}
