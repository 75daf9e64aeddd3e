export { keepClosedMonths } from './keep-months.run.ts';
export { readSloReport } from './slo-report.run.ts';
