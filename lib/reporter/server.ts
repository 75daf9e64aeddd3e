export { deliverDue } from './deliveries/deliver.run.ts';
export { reportWindow } from './report.run.ts';
