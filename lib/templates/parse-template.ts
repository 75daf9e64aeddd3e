import { AppError } from '#lib/errors/index.ts';
import { placeholdersOf } from './fill-template.ts';
import {
  MESSAGE_KINDS,
  type MessageKind,
  SINKS,
  type Sink,
  TEMPLATE_LOCALES,
  type TemplateLocale,
} from './message-kinds.ts';
import { REPORT_KINDS, type ReportKind } from './report-kinds.ts';

export type TemplateSection = { sink: Sink; locale: TemplateLocale; text: string; firstLine: number };
export type MessageTemplate = { kind: MessageKind; sections: readonly TemplateSection[] };
export type ReportTemplate = { kind: ReportKind; sections: readonly TemplateSection[] };

/** What a template of a kind must have and may say. */
type TemplateRules = { sinks: readonly Sink[]; fields: readonly string[]; required: readonly string[] };

export type TemplateIssue = { file: string; line: number; message: string };

/** What is wrong with templates, each with its file and line. */
export class TemplateFilesError extends AppError {
  readonly templateIssues: readonly TemplateIssue[];

  constructor(issues: readonly TemplateIssue[]) {
    super(
      'UNPROCESSABLE',
      issues.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'),
      {
        reason: 'template_invalid',
      },
    );
    this.templateIssues = issues;
  }
}

const HEADING = /^## ([a-z]+)\.([a-z]+)\s*$/;

/**
 * Reads a message template: sections `## slack.ja`, `## slack.en`, … each with the text of one sink and language. Strict
 * (REP-4): a section that is missing, unknown or twice, a placeholder that the message does not have, and a required one
 * that a section lacks are issues with their line. What stands before the first section is for people who edit it. Pure.
 */
export function parseTemplate(
  kind: MessageKind,
  file: string,
  text: string,
): { template: MessageTemplate; issues: TemplateIssue[] } {
  const { sections, issues } = parseSections(MESSAGE_KINDS[kind], file, text);
  return { template: { kind, sections }, issues };
}

/** Reads the template of a report, `## report.ja` and `## report.en`, as strictly as a message's (REP-4). Pure. */
export function parseReportTemplate(
  kind: ReportKind,
  file: string,
  text: string,
): { template: ReportTemplate; issues: TemplateIssue[] } {
  const { sections, issues } = parseSections({ ...REPORT_KINDS[kind], sinks: ['report'] }, file, text);
  return { template: { kind, sections }, issues };
}

function parseSections(
  rules: TemplateRules,
  file: string,
  text: string,
): { sections: TemplateSection[]; issues: TemplateIssue[] } {
  const issues: TemplateIssue[] = [];
  const sections: TemplateSection[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const heading = HEADING.exec(line);
    if (!heading) continue;
    const sink = SINKS.find((known) => known === heading[1]);
    const locale = TEMPLATE_LOCALES.find((known) => known === heading[2]);
    if (!sink || !locale) {
      issues.push({ file, line: index + 1, message: `no section is called ${heading[1]}.${heading[2]}` });
      continue;
    }
    const rest = lines.slice(index + 1);
    const end = rest.findIndex((next) => HEADING.test(next));
    const body = (end < 0 ? rest : rest.slice(0, end)).join('\n');
    if (sections.some((section) => section.sink === sink && section.locale === locale))
      issues.push({ file, line: index + 1, message: `section ${sink}.${locale} is there twice` });
    sections.push({ sink, locale, text: body.trim(), firstLine: index + 2 });
  }
  return {
    sections,
    issues: [
      ...issues,
      ...missingSections(rules, file, sections),
      ...sections.flatMap((s) => placeholderIssues(rules, file, s, lines)),
    ],
  };
}

function missingSections(
  rules: TemplateRules,
  file: string,
  sections: readonly TemplateSection[],
): TemplateIssue[] {
  return rules.sinks.flatMap((sink) =>
    TEMPLATE_LOCALES.filter(
      (locale) =>
        !sections.some(
          (section) => section.sink === sink && section.locale === locale && section.text !== '',
        ),
    ).map((locale) => ({ file, line: 1, message: `section ${sink}.${locale} is missing or empty` })),
  );
}

function placeholderIssues(
  rules: TemplateRules,
  file: string,
  section: TemplateSection,
  lines: readonly string[],
): TemplateIssue[] {
  const known = rules.fields;
  const used = placeholdersOf(section.text);
  const lineOf = (name: string) => {
    const at = lines.findIndex(
      (line, i) => i >= section.firstLine - 1 && placeholdersOf(line).includes(name),
    );
    return at < 0 ? section.firstLine : at + 1;
  };
  return [
    ...used
      .filter((name) => !known.includes(name))
      .map((name) => ({
        file,
        line: lineOf(name),
        message: `{{${name}}} is not known; known: ${known.join(', ')}`,
      })),
    ...rules.required
      .filter((name) => !used.includes(name))
      .map((name) => ({
        file,
        line: section.firstLine - 1,
        message: `section ${section.sink}.${section.locale} must say {{${name}}}`,
      })),
  ];
}
