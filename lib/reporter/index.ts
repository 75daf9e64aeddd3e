export type { DashboardFile } from './dashboard-file.schema.ts';
