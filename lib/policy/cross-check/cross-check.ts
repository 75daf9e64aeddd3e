import type { EventCatalogue } from '../events.schema.ts';
import type { Policy } from '../policy.schema.ts';
import type { CrossIssue } from './issue.ts';
import { checkMetrics } from './metrics.ts';
import { checkPanels, checkReporting } from './people-told.ts';
import { checkRoles } from './roles.ts';
import { checkRollouts } from './rollouts.ts';
import { checkExclusions, checkFastLane } from './telemetry.ts';
import { checkCycle, checkFreezes, checkRetention, checkSlo } from './times.ts';

/** What no schema can see: names that must exist, flags that every phase must set, metrics that can be computed. */
export function crossCheck(policy: Policy, catalogue: EventCatalogue): CrossIssue[] {
  return [
    ...checkMetrics(policy, catalogue),
    ...checkRoles(policy),
    ...checkPanels(policy),
    ...checkExclusions(policy, catalogue),
    ...checkRollouts(policy),
    ...checkFreezes(policy),
    ...checkReporting(policy),
    ...checkFastLane(policy, catalogue),
    ...checkCycle(policy),
    ...checkRetention(policy),
    ...checkSlo(policy),
  ];
}
