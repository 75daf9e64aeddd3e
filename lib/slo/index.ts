export { type BudgetSummary, BudgetSummarySchema } from './budget-summary.schema.ts';
export { pagingBudget } from './budget-summary.ts';
export { type Attainment, BUDGET_STATES, type BudgetState, type SloReport } from './slo-report.schema.ts';
