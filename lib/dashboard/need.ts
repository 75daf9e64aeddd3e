import type { RolloutSummary } from './rollout-view.schema.ts';

/** How much a rollout needs people now, the most first; the overview is sorted and summed up by it. */
export const NEEDS = ['act', 'blind', 'look', 'decide', 'calm'] as const;
export type Need = (typeof NEEDS)[number];

type Glance = Pick<RolloutSummary, 'decision' | 'headline' | 'incident' | 'sight' | 'state'>;

/**
 * What a rollout needs: `act` users are hurt or a required rollback waits; `blind` nothing is seen of it; `look` something
 * is out of order and nobody is asked yet; `decide` it goes on once a person says so; `calm` nothing. Pure.
 */
export function needOf({ decision, headline, incident, sight, state }: Glance): Need {
  const rollbackWaits = decision.gates.some(
    (gate) => gate.kind === 'rollback_pending' && gate.state !== 'met',
  );
  if (rollbackWaits || headline.code === 'rollback_required' || incident?.severity === 'major') return 'act';
  if (sight.state === 'blind') return 'blind';
  const policyUnusable = decision.gates.some(({ reason }) => reason === 'policy_unusable');
  if (headline.code === 'violation' || incident !== null || state === 'halted' || policyUnusable)
    return 'look';
  const asked = ['await_approval', 'promote', 'complete'].includes(decision.decision);
  return asked || state === 'preparing' || state === 'awaiting_canary' ? 'decide' : 'calm';
}

/** Those who need people first; within one need the order of the policy, which people know. Pure. */
export function byNeed<T extends Glance>(rollouts: readonly T[]): T[] {
  const rank = (rollout: T) => NEEDS.indexOf(needOf(rollout));
  return rollouts.toSorted((a, b) => rank(a) - rank(b));
}
