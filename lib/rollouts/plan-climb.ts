import { findPhase, type Phase, type Policy } from '#lib/policy/index.ts';
import type { DecisionFacts } from './gates/gate-facts.ts';
import type { Rollout } from './rollout.schema.ts';
import { freezeInForce } from './stops/freeze-calendar.ts';

/** Why a climb cannot begin (again) now; texts are rendered from the code. */
export type ClimbRefusal =
  | { refused: 'not_now'; state: Rollout['state'] }
  | { refused: 'too_early'; nextCanaryAt: string }
  | { refused: 'role_missing'; needs: readonly string[] }
  | { refused: 'killed' | 'frozen' | 'rollback_pending' | 'policy_unusable' }
  | { refused: 'reviews_unsigned'; reviews: number };

export type ClimbPlan =
  | { plan: 'climb'; kind: 'start' | 'restart'; to: Phase }
  | { plan: 'refuse'; refusal: ClimbRefusal };

/**
 * Where a rollout's climb begins again after a rollback: where the policy says, or where it stands if that is further
 * back (ROL-5). Pure.
 */
export function restartPhase(policy: Policy, rollout: Pick<Rollout, 'id' | 'phase'>): Phase | undefined {
  const rules = policy.rollouts[rollout.id];
  const phases = rules?.phases ?? [];
  const place = (id: string | undefined) => phases.findIndex((phase) => phase.id === id);
  return phases[Math.min(place(rollout.phase), place(rules?.restartFrom))];
}

/**
 * Whether a person may start a rollout that is prepared, or restart one that has recovered: with a role that promotes out
 * of the phase it goes to, not before the canary date, not while it is killed, frozen, owes a review, or a rollback is
 * required (ROL-5). What stops everybody is said before what stops this person. Pure.
 */
export function planClimb(
  kind: 'start' | 'restart',
  facts: Pick<
    DecisionFacts,
    'policy' | 'policyUsable' | 'rollout' | 'stops' | 'reviews' | 'rollbackPending' | 'now'
  >,
  roles: readonly string[],
): ClimbPlan {
  const { policy, rollout, stops, reviews, rollbackPending, now } = facts;
  const refuse = (refusal: ClimbRefusal): ClimbPlan => ({ plan: 'refuse', refusal });
  const stopped = (stop: 'kill' | 'freeze') =>
    stops.some((order) => order.kind === stop && (order.scope === '*' || order.scope === rollout.id));
  if (stopped('kill') || rollout.state === 'halted') return refuse({ refused: 'killed' });
  if (rollout.state !== (kind === 'start' ? 'preparing' : 'awaiting_canary'))
    return refuse({ refused: 'not_now', state: rollout.state });
  const to = kind === 'start' ? findPhase(policy, rollout.id, rollout.phase) : restartPhase(policy, rollout);
  if (!to) return refuse({ refused: 'not_now', state: rollout.state });
  if (rollbackPending) return refuse({ refused: 'rollback_pending' });
  if (!facts.policyUsable) return refuse({ refused: 'policy_unusable' });
  if (stopped('freeze') || freezeInForce(policy, rollout.id, now)) return refuse({ refused: 'frozen' });
  const unsigned = reviews.filter(({ signed, needed }) => signed < needed).length;
  if (unsigned > 0) return refuse({ refused: 'reviews_unsigned', reviews: unsigned });
  if (kind === 'restart' && rollout.nextCanaryAt !== null && new Date(rollout.nextCanaryAt) > now)
    return refuse({ refused: 'too_early', nextCanaryAt: rollout.nextCanaryAt });
  if (!to.promoteBy.some((role) => roles.includes(role)))
    return refuse({ refused: 'role_missing', needs: to.promoteBy });
  return { plan: 'climb', kind, to };
}
