export { readSloReport } from './slo-report.run.ts';
