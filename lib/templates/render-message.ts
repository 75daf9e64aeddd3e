import { escapeFor } from './escape.ts';
import { fillTemplate, placeholdersOf, TemplateError } from './fill-template.ts';
import type { MessageKind, MessageValues, Sink, TemplateLocale } from './message-kinds.ts';
import type { MessageTemplate, ReportTemplate, TemplateSection } from './parse-template.ts';
import type { ReportKind, ReportValues } from './report-kinds.ts';

/** Fields that carry markup of our own making; their parts are escaped where they are made. */
const MADE_BY_US: ReadonlySet<string> = new Set([
  'mention',
  'gates',
  'approvals',
  'dashboard_url',
  'incident_url',
  'timeline',
  'alerts',
  'fired',
  'stages',
  'messages',
  'phases',
  'rollbacks',
  'deliveries',
  'excluded',
  'tasks',
]);

/** Fields of several lines; each is escaped by itself. */
const OF_LINES: ReadonlySet<string> = new Set(['metric_table']);

function escaped(sink: Sink, name: string, value: string): string {
  if (MADE_BY_US.has(name)) return value;
  if (!OF_LINES.has(name)) return escapeFor(sink, value);
  return value
    .split('\n')
    .map((line) => escapeFor(sink, line))
    .join('\n');
}

/**
 * The text of a message for one sink and language (REP-4). Strict: every field the section names is filled, none is empty.
 * Values are escaped for the sink. Errors: TemplateError.
 */
export function renderMessage<K extends MessageKind>(
  template: MessageTemplate & { kind: K },
  sink: Sink,
  locale: TemplateLocale,
  values: MessageValues<K>,
): string {
  return render(template, sink, locale, values);
}

/** The text of a report in one language, as strict as a message's (REP-4). Errors: TemplateError. */
export function renderReport<K extends ReportKind>(
  template: ReportTemplate & { kind: K },
  locale: TemplateLocale,
  values: ReportValues<K>,
): string {
  return render(template, 'report', locale, values);
}

function render(
  template: { kind: string; sections: readonly TemplateSection[] },
  sink: Sink,
  locale: TemplateLocale,
  values: Readonly<Record<string, string>>,
): string {
  const section = template.sections.find((each) => each.sink === sink && each.locale === locale);
  if (!section) throw new TemplateError(`${template.kind} has no section ${sink}.${locale}`);
  const used = new Set(placeholdersOf(section.text));
  const fields = Object.entries(values)
    .filter(([name]) => used.has(name))
    .map(([name, value]) => [name, escaped(sink, name, value)]);
  return fillTemplate(section.text, Object.fromEntries(fields));
}
