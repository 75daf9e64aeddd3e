import type { Database } from '#lib/database/server.ts';
import { DecisionSchema } from '#lib/rollouts/index.ts';
import type { DecisionRow } from './decision-row.schema.ts';

/** The decisions on record of a rollout, newest first. Errors: the database's; a ZodError when one is not a decision. */
export async function readDecisionRows(
  reader: Database,
  rolloutId: string,
  limit: number,
): Promise<DecisionRow[]> {
  const rows = await reader.rolloutDecision.findMany({
    where: { rolloutId },
    orderBy: [{ decidedAt: 'desc' }, { id: 'desc' }],
    take: limit,
  });
  return rows.map((row) => {
    const { decision, gates, toPhase } = DecisionSchema.parse(row.body);
    return {
      id: row.id,
      decision,
      phase: row.phase,
      source: row.source,
      decidedAt: row.decidedAt.toISOString(),
      windowStart: row.windowStart?.toISOString() ?? null,
      toPhase,
      metGates: gates.filter(({ state }) => state === 'met').length,
      held: gates.filter(({ state }) => state !== 'met'),
    };
  });
}
