import { database } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.schema.ts';
import { loadDecisionFacts } from './facts.store.ts';

/**
 * What would be decided of a rollout at `now`, from what is known now; nothing is stored (PHA-3). null: the rollout is
 * unknown, or the policy has no such phase any more. Errors: the database's, the policy's.
 */
export async function currentDecision(rolloutId: string, now: Date): Promise<Decision | null> {
  const facts = await loadDecisionFacts(database(), await loadPolicy(), rolloutId, now);
  return facts && decide(facts);
}
