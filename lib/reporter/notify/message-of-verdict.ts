import type { PhaseVerdict } from '#lib/analyzer/index.ts';
import { nothingIsOn, type Policy } from '#lib/policy/index.ts';
import type { MessageFacts } from '../compose/message-facts.ts';

export type VerdictMessageKind = 'readiness' | 'autosave-ok' | 'autosave-warn' | 'autosave-incident';

/**
 * The message that says what a verdict says (REP-4), in every phase; null for a window that says nothing. What a cycle sends by
 * itself is less: it follows the policy and repeats nothing. Pure.
 */
export function messageOfVerdict(policy: Policy, verdict: PhaseVerdict): VerdictMessageKind | null {
  if (nothingIsOn(policy, verdict.rollout, verdict.phase)) return 'readiness';
  switch (verdict.verdict) {
    case 'insufficient_data':
      return null;
    case 'pass':
      return 'autosave-ok';
    default:
      return verdict.rollback_required ? 'autosave-incident' : 'autosave-warn';
  }
}

/** What such a message is made of when nothing but the verdict is known. Pure. */
export function factsOfVerdict(
  policy: Policy,
  verdict: PhaseVerdict,
  at: { appUrl: string; now: Date },
): MessageFacts {
  return {
    policy,
    locale: policy.reporting.language,
    appUrl: at.appUrl,
    rolloutId: verdict.rollout,
    phase: verdict.phase,
    createdAt: at.now,
    verdict: {
      windowStart: new Date(verdict.window.start),
      windowEnd: new Date(verdict.window.end),
      metrics: verdict.metrics,
    },
    change: null,
    approvers: [],
    served: null,
    incident: null,
    request: null,
    stop: null,
    decision: null,
    nextCanaryAt: null,
    watchUntil: null,
    step: null,
    stepDueAt: null,
    rca: null,
    delay: null,
  };
}
