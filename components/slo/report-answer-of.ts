import type { SloObjective, SloReport } from '#lib/slo/slo-report.schema.ts';

/** The report in one breath. */
type ReportAnswer = {
  /** `none`: nothing was counted. `within`: every counted budget is left. `spent`: at least one is gone. */
  kind: 'none' | 'within' | 'spent';
  countedCount: number;
  spentCount: number;
  /** The counted objective with the least budget left. */
  worst: SloObjective | null;
  rollbackCount: number;
  openIncidentCount: number;
  firingCount: number;
};

export const isCounted = ({ budget }: SloObjective): boolean => budget.remainingRatio !== null;

/** What the committee asks first: whether the budgets held, which stands worst, and what happened (DASH-4). */
export function reportAnswerOf(report: SloReport): ReportAnswer {
  const counted = report.objectives.filter(isCounted);
  const spentCount = counted.filter(({ budget }) => budget.state === 'exhausted').length;
  return {
    kind: counted.length === 0 ? 'none' : spentCount > 0 ? 'spent' : 'within',
    countedCount: counted.length,
    spentCount,
    // The report lists the least budget first.
    worst: counted[0] ?? null,
    rollbackCount: report.steps.filter(({ kind }) => kind === 'rollback').length,
    openIncidentCount: report.incidents.filter(({ closedAt }) => closedAt === null).length,
    firingCount: report.objectives.flatMap(({ alerts }) => alerts).filter(({ firing }) => firing).length,
  };
}
