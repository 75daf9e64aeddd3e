export type { BudgetSummary } from './budget-summary.schema.ts';
export { pagingBudget } from './budget-summary.ts';
