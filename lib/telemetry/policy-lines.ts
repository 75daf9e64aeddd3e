import type { Policy } from '#lib/policy/index.ts';

/** The warning line of an upper limit: the share of it that policy says (ANA-4). Units: those of `limit`. */
export function upperWarningLine(limit: number, { warnFrom }: Policy['judging']): number {
  return warnFrom * limit;
}

/**
 * The lines (limits and warning lines) that a window counts past exactly, ascending, by event and then by number field.
 * Units: those of the field. Every objective on a p95 or max metric asks for its limit and its warning line; all phases
 * share the lines of a field, so that a change of phase or rollout needs no recount.
 */
export function policyLines(policy: Policy): Map<string, Map<string, number[]>> {
  const lines = new Map<string, Map<string, number[]>>();
  for (const rollout of Object.values(policy.rollouts)) {
    for (const objective of rollout.phases.flatMap((phase) => phase.objectives)) {
      const metric = policy.metrics[objective.metric];
      if (metric === undefined || (metric.aggregation !== 'p95' && metric.aggregation !== 'max')) continue;
      const fields = lines.get(metric.of.event) ?? new Map<string, number[]>();
      const known = fields.get(metric.field) ?? [];
      const limit = objective.limit.value;
      const added = metric.better === 'lower' ? [limit, upperWarningLine(limit, policy.judging)] : [limit];
      fields.set(
        metric.field,
        [...new Set([...known, ...added])].sort((a, b) => a - b),
      );
      lines.set(metric.of.event, fields);
    }
  }
  return lines;
}
