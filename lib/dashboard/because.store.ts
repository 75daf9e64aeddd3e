import { database } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { type PhaseChange, RollbackCauseSchema } from '#lib/rollouts/index.ts';
import type { Because } from './phase-change.schema.ts';

/**
 * Why steps were made by themselves, from the requests they answered: so that each page says it in its own language, and
 * not in the words that stand in the record (DASH-6). null for a step that a person made. Errors: the database's.
 */
export async function readBecause(
  changes: readonly PhaseChange[],
  policy: Policy,
): Promise<(change: PhaseChange) => Because | null> {
  const byItself = changes.filter(({ trigger }) => trigger === 'automatic' || trigger === 'deadline');
  const requests = await database().rollbackRequest.findMany({
    where: { changeId: { in: byItself.map(({ id }) => id) } },
    select: { changeId: true, cause: true, evidence: true },
  });
  return (change) => {
    if (!byItself.includes(change)) return null;
    if (change.kind === 'promotion' || change.kind === 'completion')
      return { code: 'gates_met', metrics: [], overdue: false };
    const request = requests.find(({ changeId }) => changeId === change.id);
    const cause = RollbackCauseSchema.safeParse(request?.cause);
    return cause.success
      ? {
          code: cause.data,
          metrics: namedMetrics(request?.evidence, policy),
          overdue: change.trigger === 'deadline',
        }
      : null;
  };
}

/** The metrics that a request names, by their names in the policy. */
export function namedMetrics(evidence: unknown, policy: Policy): { ja: string; en: string }[] {
  const names =
    typeof evidence === 'object' &&
    evidence !== null &&
    'metrics' in evidence &&
    Array.isArray(evidence.metrics)
      ? evidence.metrics.filter((name) => typeof name === 'string')
      : [];
  return names.map((name) => policy.metrics[name]?.label ?? { ja: name, en: name });
}
