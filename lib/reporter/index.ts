export { incidentKey } from './compose/wording.ts';
export type { DashboardFile } from './dashboard-file.schema.ts';
export { SendAgainSchema } from './deliveries/delivery.schema.ts';
export { type ReportFileList, ReportFileQuerySchema, ReportPathSchema } from './files/report-file.schema.ts';
