import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { type DecisionFacts, loadDecisionFacts } from '#lib/rollouts/server.ts';
import { readAttention } from './attention.run.ts';
import type { Attention } from './attention.schema.ts';
import { readOverview } from './overview.run.ts';
import type { Overview } from './rollout-view.schema.ts';

/**
 * What every page begins with. Both halves are of one look at each rollout: a look is some twenty queries, and a page that
 * looked twice could say two things at once. Errors: PolicyError, the database's.
 */
export async function readShell(
  actor: Actor,
  now: Date,
): Promise<{ overview: Overview; attention: Attention }> {
  const loaded = await loadPolicy();
  const looks = new Map<string, Promise<DecisionFacts | null>>();
  const look = (rolloutId: string) => {
    const known = looks.get(rolloutId) ?? loadDecisionFacts(database(), loaded, rolloutId, now);
    looks.set(rolloutId, known);
    return known;
  };
  const [overview, attention] = await Promise.all([readOverview(now, look), readAttention(actor, now, look)]);
  return { overview, attention };
}
