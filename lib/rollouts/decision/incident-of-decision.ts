import type { DecisionFacts } from '../gates/gate-facts.ts';
import type { Decision } from './decision.schema.ts';

/** What a decision puts on record as an incident: users are worse off than the phase allows. */
export type IncidentOfDecision = {
  severity: 'major' | 'minor';
  verdictId: string | null;
  details: { metrics: string[]; last_window: string | null; rollback_cause: string | null };
};

/**
 * The incident that this decision opens or adds to; null: none. Major where a rollback is required, minor where an
 * objective that only warns is violated: that blocks the promotion, too, until a person has closed it. In shadow a required
 * rollback is on record only: an incident would ask people, and remind them. Pure.
 */
export function incidentOfDecision(
  decision: Pick<Decision, 'rollback' | 'state' | 'automation'>,
  facts: Pick<DecisionFacts, 'verdicts' | 'metrics'>,
): IncidentOfDecision | null {
  const { rollback, state, automation } = decision;
  if (rollback && automation.rollback === 'shadow') return null;
  if (rollback)
    return {
      severity: 'major',
      verdictId: rollback.verdictId,
      details: {
        metrics: rollback.metrics,
        last_window: rollback.windowStart,
        rollback_cause: rollback.cause,
      },
    };
  const [newest] = facts.verdicts;
  if (newest?.verdict !== 'violation' || state === 'preparing') return null;
  return {
    severity: 'minor',
    verdictId: newest.id,
    details: {
      metrics: facts.metrics
        .filter(({ shadow, verdict }) => !shadow && verdict === 'violation')
        .map(({ metric }) => metric),
      last_window: newest.windowStart.toISOString(),
      rollback_cause: null,
    },
  };
}
