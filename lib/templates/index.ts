export { escapeFor } from './escape.ts';
export { fillTemplate, TemplateError } from './fill-template.ts';
export {
  MESSAGE_KINDS,
  type MessageKind,
  type MessageValues,
  type Sink,
  TEMPLATE_LOCALES,
  type TemplateLocale,
} from './message-kinds.ts';
export {
  type MessageTemplate,
  parseTemplate,
  type ReportTemplate,
  TemplateFilesError,
  type TemplateIssue,
} from './parse-template.ts';
export { renderMessage, renderReport } from './render-message.ts';
export { REPORT_KINDS, type ReportKind, type ReportValues } from './report-kinds.ts';
