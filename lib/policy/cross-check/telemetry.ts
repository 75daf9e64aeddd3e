import type { EventCatalogue } from '../events.schema.ts';
import type { Policy } from '../policy.schema.ts';
import { type CrossIssue, unknown } from './issue.ts';

/** Exclusions of events and phases that there are. */
export function checkExclusions(policy: Policy, catalogue: EventCatalogue): CrossIssue[] {
  const phases = Object.values(policy.rollouts).flatMap((rollout) => rollout.phases.map((phase) => phase.id));
  return policy.telemetry.exclusions.flatMap((exclusion, i) => [
    ...(exclusion.event && !catalogue.events[exclusion.event]
      ? [
          unknown(
            ['telemetry', 'exclusions', i, 'event'],
            'event',
            exclusion.event,
            Object.keys(catalogue.events),
          ),
        ]
      : []),
    ...(exclusion.phases ?? []).flatMap((phase, j) =>
      phases.includes(phase)
        ? []
        : [unknown(['telemetry', 'exclusions', i, 'phases', j], 'phase', phase, phases)],
    ),
  ]);
}

/** Violation events that there are. */
export function checkFastLane(policy: Policy, catalogue: EventCatalogue): CrossIssue[] {
  const events = Object.keys(catalogue.events);
  return policy.fastLane.violationEvents.flatMap((event, i) =>
    events.includes(event) ? [] : [unknown(['fastLane', 'violationEvents', i], 'event', event, events)],
  );
}
