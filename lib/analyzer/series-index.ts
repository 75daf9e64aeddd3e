import { z } from 'zod';
import type { EventCatalogue, Selector } from '#lib/policy/index.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';

const DimsSchema = z.record(z.string(), z.union([z.string(), z.boolean()]));
type Dims = z.infer<typeof DimsSchema>;

/** One rollout and phase; telemetry from before `sinceMs` belongs to an earlier stay in the phase and is left out. */
export type Scope = { rolloutId: string; phase: string; sinceMs: number };

/** A half-open span of window starts, epoch milliseconds. */
export type Span = { fromMs: number; toMs: number };

/** Windows in memory, found by what metrics ask for. Only series that count towards verdicts are kept (TEL-11). */
export type SeriesIndex = {
  /** Rows of one event and field, in a fixed order whatever the order they came in. */
  rows(scope: Scope, selector: Selector, field: string, span: Span): readonly WindowSeries[];
  /** Events that match the selector, or the sum of its `sum` field over them. */
  total(scope: Scope, selector: Selector, span: Span): number;
  /** Events of clients, of any kind: Phasegate's own say nothing about whether clients are heard (TEL-6). */
  clientEvents(scope: Scope, span: Span): number;
  /** Start of the oldest and end of the newest window of the scope, or null without any. */
  extent(rolloutId: string, phase: string): Span | null;
};

type Entry = { at: number; dims: Dims; series: WindowSeries };
type Counted = { at: number[]; before: number[] }; // before[i]: total of the entries ahead of i

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matches(dims: Dims, where: Selector['where']): boolean {
  return Object.entries(where).every(([field, wanted]) => {
    const value = dims[field];
    return value !== undefined && (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);
  });
}

function inOrder(a: Entry, b: Entry): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.series.dims !== b.series.dims) return a.series.dims < b.series.dims ? -1 : 1;
  return a.series.sum - b.series.sum || a.series.count - b.series.count;
}

const keyOf = (...parts: string[]) => parts.join('\0');

/**
 * Builds the index. Rows with the same key add up (several batches of one window may be given unmerged).
 * Errors: SyntaxError or ZodError when `dims` is not the canonical JSON of WindowSeries.
 */
export function indexSeries(series: readonly WindowSeries[], catalogue: EventCatalogue): SeriesIndex {
  const dimsByText = new Map<string, Dims>();
  const groups = new Map<string, Entry[]>();
  const clients = new Map<string, Entry[]>();
  const extents = new Map<string, Span>();
  const push = (map: Map<string, Entry[]>, key: string, entry: Entry) => {
    const list = map.get(key);
    if (list) list.push(entry);
    else map.set(key, [entry]);
  };

  for (const row of series) {
    if (row.tagSet !== '') continue;
    let dims = dimsByText.get(row.dims);
    if (!dims) {
      dims = row.dims === '' ? {} : DimsSchema.parse(JSON.parse(row.dims));
      dimsByText.set(row.dims, dims);
    }
    const entry = { at: Date.parse(row.windowStart), dims, series: row };
    push(groups, keyOf(row.rolloutId, row.phase, row.event, row.field), entry);
    const owner = keyOf(row.rolloutId, row.phase);
    const extent = extents.get(owner);
    extents.set(owner, {
      fromMs: Math.min(extent?.fromMs ?? entry.at, entry.at),
      toMs: Math.max(extent?.toMs ?? entry.at, entry.at),
    });
    if (row.field === '' && !catalogue.events[row.event]?.internal) push(clients, owner, entry);
  }
  for (const list of [...groups.values(), ...clients.values()]) list.sort(inOrder);

  const slices = new Map<string, { at: number[]; entries: Entry[] }>();
  function matching(scope: Scope, selector: Selector, field: string) {
    const group = keyOf(scope.rolloutId, scope.phase, selector.event, field);
    const key = keyOf(group, JSON.stringify(selector.where));
    const known = slices.get(key);
    if (known) return known;
    const entries = (groups.get(group) ?? []).filter((entry) => matches(entry.dims, selector.where));
    const slice = { at: entries.map((entry) => entry.at), entries };
    slices.set(key, slice);
    return slice;
  }

  const counters = new Map<string, Counted>();
  function counted(key: string, entries: () => readonly Entry[]): Counted {
    const known = counters.get(key);
    if (known) return known;
    const built: Counted = { at: [], before: [0] };
    let running = 0;
    for (const entry of entries()) {
      running += entry.series.count;
      built.at.push(entry.at);
      built.before.push(running);
    }
    counters.set(key, built);
    return built;
  }
  function countIn({ at, before }: Counted, from: number, to: number): number {
    return (before[lowerBound(at, to)] ?? 0) - (before[lowerBound(at, from)] ?? 0);
  }

  const rows: SeriesIndex['rows'] = (scope, selector, field, span) => {
    const { at, entries } = matching(scope, selector, field);
    const from = lowerBound(at, Math.max(span.fromMs, scope.sinceMs));
    return entries.slice(from, Math.max(from, lowerBound(at, span.toMs))).map((entry) => entry.series);
  };

  return {
    rows,
    total(scope, selector, span) {
      // Sums of fractions are added row by row: a difference of running totals would leave rounding dust.
      if (selector.sum !== undefined)
        return rows(scope, selector, selector.sum, span).reduce((sum, row) => sum + row.sum, 0);
      const key = keyOf(
        'event',
        scope.rolloutId,
        scope.phase,
        selector.event,
        JSON.stringify(selector.where),
      );
      const from = Math.max(span.fromMs, scope.sinceMs);
      return countIn(
        counted(key, () => matching(scope, selector, '').entries),
        from,
        Math.max(from, span.toMs),
      );
    },
    clientEvents(scope, span) {
      const owner = keyOf(scope.rolloutId, scope.phase);
      const from = Math.max(span.fromMs, scope.sinceMs);
      return countIn(
        counted(keyOf('client', owner), () => clients.get(owner) ?? []),
        from,
        Math.max(from, span.toMs),
      );
    },
    extent: (rolloutId, phase) => extents.get(keyOf(rolloutId, phase)) ?? null,
  };
}
