import type { Policy } from '#lib/policy/index.ts';
import type { StopList } from '#lib/rollouts/index.ts';
import type { PlannedFreeze } from './attention.schema.ts';
import { labelOf } from './tasks.ts';

/** The freezes of the calendar that are in force, each once with the rollouts it holds. Pure. */
export function plannedFreezesOf(policy: Policy, held: StopList['calendar']): PlannedFreeze[] {
  return [...new Set(held.map(({ id }) => id))].flatMap((id) => {
    const ours = held.filter((freeze) => freeze.id === id);
    const first = ours[0];
    if (!first) return [];
    return [
      {
        id,
        label: first.label,
        from: first.from,
        to: first.to,
        rollouts: ours.flatMap(({ rolloutId }) => labelOf(policy, rolloutId) ?? []),
        everything: ours.length === Object.keys(policy.rollouts).length,
      },
    ];
  });
}
