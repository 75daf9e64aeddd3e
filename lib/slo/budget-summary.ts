import type { BudgetSummary } from './budget-summary.schema.ts';
import type { SloObjective } from './slo-report.schema.ts';

/** Objectives in short, in their order (least left first). Pure. */
export function summariesOf(objectives: readonly SloObjective[]): BudgetSummary[] {
  return objectives.map(({ phase, metric, label, basis, budget, alerts }) => {
    const firing = alerts.filter((alert) => alert.firing);
    const urgent = firing.find(({ severity }) => severity === 'page') ?? firing[0];
    return {
      phase,
      metric,
      label,
      basis,
      budget,
      firing: urgent ? { severity: urgent.severity, exhaustedInSeconds: urgent.exhaustedInSeconds } : null,
    };
  });
}

/**
 * The budget that calls for a person at once, or null: in the phase a rollout is in, the one of which least is left among those
 * whose alert of severity `page` fires. Pure.
 */
export function pagingBudget(summaries: readonly BudgetSummary[], phase: string): BudgetSummary | null {
  return summaries.find((summary) => summary.phase === phase && summary.firing?.severity === 'page') ?? null;
}
