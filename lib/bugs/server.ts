export { listBugs } from './bug.store.ts';
export { type ReportBugCommand, reportBug } from './report-bug.run.ts';
