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

export type TemplateSection = { sink: Sink; locale: TemplateLocale; text: string; firstLine: number };
export type MessageTemplate = { kind: MessageKind; sections: readonly TemplateSection[] };

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
    template: { kind, sections },
    issues: [
      ...issues,
      ...missingSections(kind, file, sections),
      ...sections.flatMap((s) => placeholderIssues(kind, file, s, lines)),
    ],
  };
}

function missingSections(
  kind: MessageKind,
  file: string,
  sections: readonly TemplateSection[],
): TemplateIssue[] {
  return MESSAGE_KINDS[kind].sinks.flatMap((sink) =>
    TEMPLATE_LOCALES.filter(
      (locale) =>
        !sections.some(
          (section) => section.sink === sink && section.locale === locale && section.text !== '',
        ),
    ).map((locale) => ({ file, line: 1, message: `section ${sink}.${locale} is missing or empty` })),
  );
}

function placeholderIssues(
  kind: MessageKind,
  file: string,
  section: TemplateSection,
  lines: readonly string[],
): TemplateIssue[] {
  const known: readonly string[] = MESSAGE_KINDS[kind].fields;
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
    ...MESSAGE_KINDS[kind].required
      .filter((name) => !used.includes(name))
      .map((name) => ({
        file,
        line: section.firstLine - 1,
        message: `section ${section.sink}.${section.locale} must say {{${name}}}`,
      })),
  ];
}
