import type { Arrival, OpenWindowJudgement } from '#lib/analyzer/index.ts';
import { type Policy, previousPhase } from '#lib/policy/index.ts';
import type { RollbackDemand } from '../decision/decision.schema.ts';
import type { Rollout, RolloutState } from '../rollout.schema.ts';

/** What is known of one rollout between cycles. `judged`: what its open window has proven. */
export type FastLaneFacts = {
  policy: Policy;
  rollout: Rollout;
  arrival: Arrival;
  judged: OpenWindowJudgement | null;
  answers: RollbackAnswers;
};

/** In this version of the rollout: when somebody last said "not now", and the newest window that was answered. */
export type RollbackAnswers = { declinedAt: Date | null; upToWindow: Date | null };

type Evidence = Record<string, string | number | { [name: string]: string | number | boolean | null }[]>;
export type FastLaneDemand = { demand: RollbackDemand; evidence: Evidence };

/** While a step is being made, what is served is not known before it has been read back. */
const NOT_NOW: ReadonlySet<RolloutState | null> = new Set(['preparing', 'promoting', 'rolling_back']);

/**
 * What asks for a step back before the window has closed (TEL-8): an event that is itself a violation, or a breach that
 * the open window has proven. The event comes first: it says more. A "not now" holds for the rest of the window in which
 * it was said; an event that came later in it is about the same. null: nothing does. Pure.
 */
export function fastLaneDemand(facts: FastLaneFacts): FastLaneDemand | null {
  const { policy, rollout, arrival, judged, answers } = facts;
  if (NOT_NOW.has(rollout.state === 'halted' ? rollout.resumeState : rollout.state)) return null;
  if (arrival.phase !== rollout.phase) return null;
  const toPhase = previousPhase(policy, rollout.id, rollout.phase)?.id ?? null;
  const about = (windowStart: Date) => ({
    toPhase,
    windowStart: windowStart.toISOString(),
    verdictId: null,
  });
  const answered = (windowStart: Date) => answers.upToWindow !== null && windowStart <= answers.upToWindow;
  const [newest] = arrival.events;
  if (newest && !answered(newest.windowStart)) {
    const metrics = arrival.events.flatMap(({ dims }) => reportedMetric(policy, dims));
    return {
      demand: {
        cause: 'violation_event',
        ...about(newest.windowStart),
        metrics: [...new Set(metrics)],
      },
      evidence: {
        events: arrival.events.map(({ event, dims, windowStart, count }) => ({
          event,
          dims,
          windowStart: windowStart.toISOString(),
          count,
        })),
      },
    };
  }
  if (!judged?.rollbackRequired || judged.phase !== rollout.phase || answered(judged.windowStart))
    return null;
  if (answers.declinedAt !== null && answers.declinedAt >= judged.windowStart) return null;
  return {
    demand: {
      cause: 'fast_lane',
      ...about(judged.windowStart),
      metrics: judged.breaches.map(({ metric }) => metric),
    },
    evidence: {
      windowEnd: judged.windowEnd.toISOString(),
      confidence: policy.fastLane.confidence,
      breaches: judged.breaches.map(({ metric, value, limit, limit_kind, samples }) => ({
        metric,
        value,
        limit,
        limit_kind,
        samples,
      })),
    },
  };
}

/** The metric that the sender of a violation names, if the policy has one of that name. */
function reportedMetric(policy: Policy, dims: string): string[] {
  const named = dims === '' ? undefined : (JSON.parse(dims) as Record<string, unknown>).metric;
  return typeof named === 'string' && Object.hasOwn(policy.metrics, named) ? [named] : [];
}
