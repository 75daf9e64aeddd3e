import { canonicalJson } from '#lib/evidence/index.ts';
import { SLO_FACTS, type SloFact, type SloReport } from './slo-report.schema.ts';

/**
 * What of a month reads otherwise now than when it was reported (DASH-4). Names and limits are no facts of the month: they
 * are today's policy, and are not compared. Pure.
 */
export function changedFacts(kept: SloReport, today: SloReport): SloFact[] {
  const factsOf = (report: SloReport) => ({
    attainment: report.attainment,
    objectives: report.objectives
      .map(({ phase, metric, basis, budget, burnDown }) => ({ phase, metric, basis, budget, burnDown }))
      .filter(({ budget }) => budget.goodCount + budget.badCount > 0),
    steps: report.steps,
    incidents: report.incidents,
    approvals: report.approvals,
    signOffs: report.signOffs,
  });
  const [before, after] = [factsOf(kept), factsOf(today)];
  return SLO_FACTS.filter((fact) => canonicalJson(before[fact]) !== canonicalJson(after[fact]));
}
