export { isOver } from './compose/is-over.ts';
export type { MessageFacts } from './compose/message-facts.ts';
export {
  factsOfRehearsal,
  type RehearsedFacts,
  RehearsedFactsSchema,
} from './compose/rehearsed-facts.schema.ts';
export { valuesOf } from './compose/values-of.ts';
export { flags, incidentKey, instant, metricTable, NONE, window } from './compose/wording.ts';
export type { DashboardFile } from './dashboard-file.schema.ts';
export { SendAgainSchema } from './deliveries/delivery.schema.ts';
export { type ReportFileList, ReportFileQuerySchema, ReportPathSchema } from './files/report-file.schema.ts';
export type { PreviewText, TemplatePreview } from './preview/preview.ts';
