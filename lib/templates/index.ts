export { fillTemplate, TemplateError } from './fill-template.ts';
export {
  MESSAGE_KINDS,
  type MessageKind,
  type MessageValues,
  SINKS,
  type Sink,
  TEMPLATE_LOCALES,
  type TemplateLocale,
} from './message-kinds.ts';
export {
  type MessageTemplate,
  parseTemplate,
  TemplateFilesError,
  type TemplateIssue,
} from './parse-template.ts';
export { renderMessage } from './render-message.ts';
