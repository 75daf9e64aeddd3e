export { type DashboardFile, DashboardFileSchema } from './dashboard-file.schema.ts';
