import type { AuditEntry } from '#lib/evidence/index.ts';

type Json = AuditEntry['details'][string];

/** One fact of an entry; `change`: it went from one value to another. */
export type DetailRow =
  | { field: string; change: false; value: string }
  | { field: string; change: true; before: string; after: string };

const MOST_DEEP = 6;
/** How a value and the one that follows it are named in details, from the longest ending on. */
const PAIRS = [
  ['Before', 'After'],
  ['before', 'after'],
  ['From', 'To'],
  ['from', 'to'],
] as const;

/** The details of an entry for people: one fact a row, before and after beside each other where both are told. Pure. */
export function detailRows(details: AuditEntry['details']): DetailRow[] {
  return rowsOf(details, '', 0);
}

const isRecord = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function rowsOf(record: { [key: string]: Json }, path: string, depth: number): DetailRow[] {
  const done = new Set<string>();
  return Object.keys(record).flatMap((key): DetailRow[] => {
    if (done.has(key)) return [];
    const pair = pairOf(key, record);
    if (pair) {
      done.add(pair.before);
      done.add(pair.after);
      return changeRows(join(path, pair.name), record[pair.before], record[pair.after]);
    }
    return valueRows(join(path, key), record[key], depth);
  });
}

function pairOf(key: string, record: { [key: string]: Json }) {
  for (const [first, second] of PAIRS)
    for (const ending of [first, second]) {
      if (!key.endsWith(ending)) continue;
      const stem = key.slice(0, key.length - ending.length);
      const [before, after] = [`${stem}${first}`, `${stem}${second}`];
      if (Object.hasOwn(record, before) && Object.hasOwn(record, after))
        return { name: stem === '' ? `${before} → ${after}` : stem, before, after };
    }
  return null;
}

function changeRows(field: string, before: Json | undefined, after: Json | undefined): DetailRow[] {
  if (isRecord(before) && isRecord(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => ({
      field: join(field, key),
      change: true as const,
      before: textOf(before[key]),
      after: textOf(after[key]),
    }));
  return [{ field, change: true, before: textOf(before), after: textOf(after) }];
}

function valueRows(field: string, value: Json | undefined, depth: number): DetailRow[] {
  if (depth < MOST_DEEP && isRecord(value) && Object.keys(value).length > 0)
    return rowsOf(value, field, depth + 1);
  if (depth < MOST_DEEP && Array.isArray(value) && value.some(isRecord))
    return value.flatMap((each, i) => valueRows(join(field, String(i + 1)), each, depth + 1));
  return [{ field, change: false, value: textOf(value) }];
}

const join = (path: string, name: string) => [path, name].filter((part) => part !== '').join('.');

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '—';
  if (typeof value === 'object')
    return Array.isArray(value) && value.every((each) => typeof each !== 'object')
      ? value.join(', ') || '—'
      : JSON.stringify(value);
  return String(value);
}
