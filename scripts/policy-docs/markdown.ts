import { readFileSync } from 'node:fs';
import { createTranslator } from 'next-intl';
import type { Block, DocumentSection, Piece, Text } from '#components/policy/document.ts';
import type { Governance } from '#components/policy/document-words.ts';
import { policyDocument } from '#components/policy/policy-document.ts';
import type { Locale } from '#lib/i18n/index.ts';

/** docs/policy.md or docs/policy.ja.md: the policy for people, as Markdown (PHA-6, REP-5). */
export function policyMarkdown(governance: Governance, locale: Locale): string {
  const messages = JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8')) as Record<string, unknown>;
  const translate = createTranslator({ locale, messages });
  const t = (key: string, values?: Record<string, string | number>) =>
    translate(key as never, values as never);
  const sections = policyDocument(governance, { t, locale, linked: false });
  const contents = sections.map(({ id, title }) => `- [${escaped(title)}](#${id})`).join('\n');
  return `# ${t('policyDoc.fileTitle')}\n\n${t('policyDoc.fileLead')}\n\n${contents}\n\n${sections
    .map((section) => sectionText(section, 2))
    .join('\n')}`;
}

function sectionText({ id, title, code, blocks, parts }: DocumentSection, level: number): string {
  const name = code === undefined || code === title ? '' : ` \`${code}\``;
  const head = `<a id="${id}"></a>\n\n${'#'.repeat(level)} ${escaped(title)}${name}\n`;
  return [
    head,
    ...blocks.map((block) => `${blockText(block)}\n`),
    ...parts.map((part) => sectionText(part, level + 1)),
  ].join('\n');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return textOf(block.text);
    case 'list':
      return `${escaped(block.label)}:\n\n${block.items.map((item) => `- ${textOf(item)}`).join('\n')}`;
    case 'facts':
      return block.rows.map(({ term, value }) => `- **${escaped(term)}**: ${textOf(value)}`).join('\n');
    case 'table':
      return [
        block.head.map((text) => cell(text)),
        block.head.map(() => '---'),
        ...block.rows.map((row) => row.map((text) => cell(textOf(text), false))),
      ]
        .map((row) => `| ${row.join(' | ')} |`)
        .join('\n');
  }
}

const textOf = (text: Text) => text.map(pieceText).join('');

function pieceText(piece: Piece): string {
  if (typeof piece === 'string') return escaped(piece);
  const shown = piece.code ? `\`${piece.text}\`` : escaped(piece.text);
  return piece.href === undefined ? shown : `[${shown}](${piece.href})`;
}

const cell = (text: string, raw = true) => (raw ? escaped(text) : text).replaceAll('|', '\\|');
/** Signs that Markdown would read as more than themselves. */
const escaped = (text: string) => text.replaceAll(/[\\`*_[\]<>]/g, '\\$&');
