export { checkTemplates, loadReportTemplate, loadTemplate } from './load-templates.run.ts';
