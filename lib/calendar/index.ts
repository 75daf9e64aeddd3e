export { businessDayAt, isBusinessDay } from './business-days.ts';
