import type { Rollout } from '../rollout.schema.ts';
import type { Decision } from './decision.schema.ts';

/**
 * What a decision does to where a rollout stands: people are asked once every gate but theirs is met, and no longer when
 * one is lost. Where the promotion is only recorded (`shadow`), nobody is asked. null: nothing. Pure.
 */
export function gateEventOf(
  { state }: Pick<Rollout, 'state'>,
  { gates, rollback, automation }: Pick<Decision, 'gates' | 'rollback' | 'automation'>,
): 'gates_met' | 'gates_lost' | null {
  const asks =
    automation.promotion !== 'shadow' &&
    rollback === null &&
    gates.every(
      ({ kind, state: stands }) => stands === 'met' || kind === 'approvals' || kind === 'not_rejected',
    );
  if (state === 'running' && asks) return 'gates_met';
  return state === 'awaiting_approval' && !asks ? 'gates_lost' : null;
}
