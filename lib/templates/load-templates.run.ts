import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MESSAGE_KINDS, type MessageKind } from './message-kinds.ts';
import {
  type MessageTemplate,
  parseReportTemplate,
  parseTemplate,
  type ReportTemplate,
  TemplateFilesError,
  type TemplateIssue,
} from './parse-template.ts';
import { REPORT_KINDS, type ReportKind } from './report-kinds.ts';

const FOLDER = 'templates/alerts';
const REPORT_FOLDER = 'templates/reports';

type Known<T> = { stamp: string; template: T };
const known = new Map<string, Known<MessageTemplate>>();
const knownReports = new Map<string, Known<ReportTemplate>>();

function loadMessage(directory: string, kind: MessageKind) {
  return loadOne(
    known,
    { directory, shown: `${FOLDER}/${kind}.md`, empty: { kind, sections: [] } },
    (shown, text) => parseTemplate(kind, shown, text),
  );
}

function loadReport(directory: string, kind: ReportKind) {
  return loadOne(
    knownReports,
    { directory, shown: `${REPORT_FOLDER}/${kind}.md`, empty: { kind, sections: [] } },
    (shown, text) => parseReportTemplate(kind, shown, text),
  );
}

async function loadOne<T>(
  cache: Map<string, Known<T>>,
  { directory, shown, empty }: { directory: string; shown: string; empty: T },
  parse: (shown: string, text: string) => { template: T; issues: TemplateIssue[] },
): Promise<{ template: T; issues: TemplateIssue[] }> {
  const file = join(directory, shown);
  try {
    const { mtimeNs, size } = await stat(file, { bigint: true });
    const stamp = `${mtimeNs}:${size}`;
    const kept = cache.get(file);
    if (kept?.stamp === stamp) return { template: kept.template, issues: [] };
    const parsed = parse(shown, await readFile(file, 'utf8'));
    if (parsed.issues.length === 0) cache.set(file, { stamp, template: parsed.template });
    return parsed;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return { template: empty, issues: [{ file: shown, line: 1, message: 'the file is missing' }] };
  }
}

/** What is wrong with the templates below `directory`; empty when every message and report can be made (REP-4). */
export async function checkTemplates(directory = '.'): Promise<TemplateIssue[]> {
  const kinds = Object.keys(MESSAGE_KINDS) as MessageKind[];
  const reports = Object.keys(REPORT_KINDS) as ReportKind[];
  const all = await Promise.all([
    ...kinds.map((kind) => loadMessage(directory, kind)),
    ...reports.map((kind) => loadReport(directory, kind)),
  ]);
  return all.flatMap(({ issues }) => issues);
}

/** The template of a kind of message, read again when its file changed. Errors: TemplateFilesError with file and line. */
export async function loadTemplate<K extends MessageKind>(
  kind: K,
  directory = '.',
): Promise<MessageTemplate & { kind: K }> {
  const { template, issues } = await loadMessage(directory, kind);
  if (issues.length > 0) throw new TemplateFilesError(issues);
  return { ...template, kind };
}

/** The template of a kind of report, read again when its file changed. Errors: TemplateFilesError with file and line. */
export async function loadReportTemplate<K extends ReportKind>(
  kind: K,
  directory = '.',
): Promise<ReportTemplate & { kind: K }> {
  const { template, issues } = await loadReport(directory, kind);
  if (issues.length > 0) throw new TemplateFilesError(issues);
  return { ...template, kind };
}
