import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MESSAGE_KINDS, type MessageKind } from './message-kinds.ts';
import {
  type MessageTemplate,
  parseTemplate,
  TemplateFilesError,
  type TemplateIssue,
} from './parse-template.ts';

const FOLDER = 'templates/alerts';

type Known = { stamp: string; template: MessageTemplate };
const known = new Map<string, Known>();

async function loadOne(
  directory: string,
  kind: MessageKind,
): Promise<{ template: MessageTemplate; issues: TemplateIssue[] }> {
  const file = join(directory, FOLDER, `${kind}.md`);
  const shown = `${FOLDER}/${kind}.md`;
  try {
    const { mtimeNs, size } = await stat(file, { bigint: true });
    const stamp = `${mtimeNs}:${size}`;
    const kept = known.get(file);
    if (kept?.stamp === stamp) return { template: kept.template, issues: [] };
    const parsed = parseTemplate(kind, shown, await readFile(file, 'utf8'));
    if (parsed.issues.length === 0) known.set(file, { stamp, template: parsed.template });
    return parsed;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return {
      template: { kind, sections: [] },
      issues: [{ file: shown, line: 1, message: 'the file is missing' }],
    };
  }
}

/** What is wrong with the message templates below `directory`; empty when every message can be made (REP-4). */
export async function checkTemplates(directory = '.'): Promise<TemplateIssue[]> {
  const kinds = Object.keys(MESSAGE_KINDS) as MessageKind[];
  return (await Promise.all(kinds.map((kind) => loadOne(directory, kind)))).flatMap(({ issues }) => issues);
}

/** The template of a kind of message, read again when its file changed. Errors: TemplateFilesError with file and line. */
export async function loadTemplate<K extends MessageKind>(
  kind: K,
  directory = '.',
): Promise<MessageTemplate & { kind: K }> {
  const { template, issues } = await loadOne(directory, kind);
  if (issues.length > 0) throw new TemplateFilesError(issues);
  return { ...template, kind };
}
