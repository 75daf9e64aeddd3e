import type { EventRules } from './event-rules.ts';
import { mergeSeries } from './merge-series.ts';
import { canonicalDims } from './validate-event.ts';
import type { WindowSeries } from './window-series.schema.ts';

/** Stands for every value of a dimension beyond the policy's `maxValuesPerDimension`. */
export const OTHER_VALUE = '__other__';

type Dims = [string, string | boolean][];
const parseDims = (dims: string): Dims =>
  Object.entries(JSON.parse(dims) as Record<string, string | boolean>);

/**
 * Keeps at most `maxValuesPerDimension` text values per event and dimension field of one batch; the rest become
 * `__other__` and their rows are merged. Values that a metric or the catalogue names always stay; of the others those
 * first in code-unit order. That choice depends neither on the order of lines nor on how a batch was cut into parts:
 * folding parts and folding their union again gives the same rows as folding everything at once.
 */
export function foldDimensions(rules: EventRules, series: readonly WindowSeries[]): WindowSeries[] {
  const values = new Map<string, Map<string, Set<string>>>();
  const parsed = new Map<string, Dims>();
  for (const row of series) {
    if (row.dims === '{}') continue;
    const dims = parsed.get(row.dims) ?? parseDims(row.dims);
    parsed.set(row.dims, dims);
    const fields = values.get(row.event) ?? new Map<string, Set<string>>();
    values.set(row.event, fields);
    for (const [field, value] of dims) {
      if (typeof value !== 'string') continue;
      const known = fields.get(field) ?? new Set<string>();
      fields.set(field, known.add(value));
    }
  }
  const folded = valuesToFold(rules, values);
  if (folded.size === 0) return [...series];
  return mergeSeries(
    series.map((row) => {
      const fields = folded.get(row.event);
      if (!fields) return row;
      const dims = (parsed.get(row.dims) ?? []).map(([field, value]): Dims[number] =>
        typeof value === 'string' && fields.get(field)?.has(value) ? [field, OTHER_VALUE] : [field, value],
      );
      return { ...row, dims: canonicalDims(dims) };
    }),
  );
}

function valuesToFold(
  rules: EventRules,
  values: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>,
): Map<string, Map<string, Set<string>>> {
  const folded = new Map<string, Map<string, Set<string>>>();
  for (const [event, fields] of values) {
    for (const [field, seen] of fields) {
      // A part that was folded before is over the limit even where few values are left in it.
      if (seen.size <= rules.maxValuesPerDimension && !seen.has(OTHER_VALUE)) continue;
      const kept = rules.keptValues.get(event)?.get(field) ?? new Set<string>();
      const free = [...seen].filter((value) => value !== OTHER_VALUE && !kept.has(value)).sort();
      // Room for the named values is set aside whether or not they occur, so that the choice does not depend on the part.
      const room = Math.max(0, rules.maxValuesPerDimension - kept.size);
      const foldedFields = folded.get(event) ?? new Map<string, Set<string>>();
      folded.set(event, foldedFields.set(field, new Set(free.slice(room))));
    }
  }
  return folded;
}
