export { businessDayAt } from './business-days.ts';
