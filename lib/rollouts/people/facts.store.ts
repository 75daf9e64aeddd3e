import type { Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadDecisionFacts } from '../decision/facts.store.ts';
import type { DecisionFacts } from '../gates/gate-facts.ts';
import { findRollout } from '../rollout.store.ts';

/**
 * What a decision about this rollout is made of, for an act of a person. Errors: AppError NOT_FOUND for a rollout that was
 * never started; CONFLICT `phase_unknown` where the policy no longer has its phase.
 */
export async function requireFacts(
  tx: Transaction,
  loaded: LoadedPolicy,
  rolloutId: string,
  now: Date,
): Promise<DecisionFacts> {
  const facts = await loadDecisionFacts(tx, loaded, rolloutId, now);
  if (facts) return facts;
  throw (await findRollout(rolloutId, tx))
    ? new AppError('CONFLICT', `${rolloutId} stands in a phase that the policy no longer has.`, {
        reason: 'phase_unknown',
      })
    : new AppError('NOT_FOUND', `rollout ${rolloutId} has not been started`);
}
