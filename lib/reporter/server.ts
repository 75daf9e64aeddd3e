export { reportWindow } from './report.run.ts';
