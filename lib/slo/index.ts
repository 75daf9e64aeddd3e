export { type Attainment, BUDGET_STATES, type BudgetState, type SloReport } from './slo-report.schema.ts';
