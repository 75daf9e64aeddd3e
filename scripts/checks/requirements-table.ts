export type Requirement = { id: string; line: string; status: 'done' | 'part' | 'planned' };

const ROW = /^\|\s*([A-Z]+-\d+)\s*\|\s*(.+?)\s*\|\s*(\w+)\s*\|$/;
const CITATION = /\[((?:[A-Z]+-\d+)(?:(?:\s*[,…]\s*|\s+)(?:[A-Z]+-)?\d+)*)\]/g;

/** Reads the table of docs/requirements.md. Errors: a status that is none, an id given twice, no rows at all. */
export function parseRequirements(markdown: string): Requirement[] {
  const rows = markdown.split('\n').flatMap((line): Requirement[] => {
    const [, id, text, status] = ROW.exec(line) ?? [];
    if (id === undefined || text === undefined) return [];
    if (status !== 'done' && status !== 'part' && status !== 'planned') {
      throw new Error(`${id}: status must be done, part or planned, not ${status}`);
    }
    return [{ id, line: text, status }];
  });
  const twice = rows.find((row, index) => rows.findIndex((other) => other.id === row.id) !== index);
  if (twice) throw new Error(`${twice.id} is listed twice`);
  if (rows.length === 0) throw new Error('no requirement was found');
  return rows;
}

/** Ids cited in test names of one source file: `[COL-2]`, `[COL-2, ROL-7]`, `[TEL-1…9]`. */
export function citedIds(source: string): Set<string> {
  const ids = new Set<string>();
  for (const [, list = ''] of source.matchAll(CITATION)) {
    let prefix = '';
    let last = 0;
    for (const [, separator = '', name, number = ''] of list.matchAll(/(^|[,…\s]+)(?:([A-Z]+)-)?(\d+)/g)) {
      prefix = name ?? prefix;
      const from = separator.includes('…') ? last + 1 : Number(number);
      for (let n = from; n <= Number(number); n += 1) ids.add(`${prefix}-${n}`);
      last = Number(number);
    }
  }
  return ids;
}
