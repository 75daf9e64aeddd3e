export { checkTemplates, loadTemplate } from './load-templates.run.ts';
