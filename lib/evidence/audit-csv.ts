import type { ChainedEntry } from './audit-chain.ts';

// Without it Excel takes UTF-8 for the machine's own code page.
const BYTE_ORDER_MARK = '\uFEFF';
const COLUMNS = [
  'seq',
  'at_jst',
  'at_utc',
  'actor_name',
  'actor_id',
  'action',
  'subject',
  'reason',
  'details',
  'prev_hash',
  'hash',
] as const;
const JST_OFFSET_MS = 9 * 3_600_000;

/** The first line of an export for spreadsheets. */
export function csvHead(): string {
  return `${BYTE_ORDER_MARK}${COLUMNS.join(',')}\r\n`;
}

/** An entry as a line for spreadsheets (RFC 4180), with its time in Japan and in UTC. Pure. */
export function csvLine(entry: ChainedEntry): string {
  const utc = entry.at.replace('T', ' ').replace('Z', '');
  const jst = new Date(Date.parse(entry.at) + JST_OFFSET_MS).toISOString().replace('T', ' ').replace('Z', '');
  const cells = [
    String(entry.seq),
    jst,
    utc,
    entry.actorName,
    entry.actorId,
    entry.action,
    entry.subject,
    entry.reason,
    JSON.stringify(entry.details),
    entry.prevHash,
    entry.hash,
  ];
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * A cell that a spreadsheet shows and never runs: text that would be read as a formula begins with an apostrophe (OWASP, CSV
 * injection), and quotes, commas and line breaks stay inside the cell. Pure.
 */
export function csvCell(text: string): string {
  const harmless = /^\s*[=+\-@＝＋－＠\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
