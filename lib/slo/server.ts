export { keepClosedMonths } from './keep-months.run.ts';
export { readSloCsv } from './slo-csv.run.ts';
export { readBudgets, readSloReport } from './slo-report.run.ts';
