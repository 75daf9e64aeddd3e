import { BUCKETS_PER_DOUBLING, type WindowSeries } from '#lib/telemetry/index.ts';

/** What is known of a set of values: a merged histogram and exact counts past some lines. Units: the field's own. */
export type Distribution = {
  count: number;
  zeroCount: number;
  buckets: readonly { index: number; count: number }[]; // ascending
  min: number;
  max: number;
  /** Lines that every merged row was counted against: how many values lie strictly above each. */
  past: ReadonlyMap<number, number>;
};

const lowerEdge = (index: number) => 2 ** (index / BUCKETS_PER_DOUBLING);

/** Merges rows of one field; the order of rows does not matter. Null when they hold no value. */
export function mergeDistributions(rows: readonly WindowSeries[]): Distribution | null {
  const buckets = new Map<number, number>();
  const lines = new Map<number, { past: number; rows: number }>();
  let zeroCount = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const filled = rows.filter((row) => row.count > 0);
  for (const row of filled) {
    zeroCount += row.histogram.zeroCount;
    row.histogram.index.forEach((index, i) => {
      buckets.set(index, (buckets.get(index) ?? 0) + (row.histogram.count[i] ?? 0));
    });
    min = Math.min(min, row.min ?? Number.POSITIVE_INFINITY);
    max = Math.max(max, row.max ?? Number.NEGATIVE_INFINITY);
    for (const { line, past } of row.lines) {
      const known = lines.get(line) ?? { past: 0, rows: 0 };
      lines.set(line, { past: known.past + past, rows: known.rows + 1 });
    }
  }
  const ordered = [...buckets].map(([index, count]) => ({ index, count })).sort((a, b) => a.index - b.index);
  const count = zeroCount + ordered.reduce((sum, bucket) => sum + bucket.count, 0);
  if (count === 0) return null;
  const complete = [...lines].filter(([, known]) => known.rows === filled.length);
  return {
    count,
    zeroCount,
    buckets: ordered,
    min,
    max,
    past: new Map(complete.map(([l, k]) => [l, k.past])),
  };
}

/** Nearest rank of a percentile, from 1; whole-number arithmetic, because ceil(0.95 × n) may be one too many in floats. */
export function nearestRank(count: number, percent: number): number {
  return Math.max(1, Math.ceil((percent * count) / 100));
}

/**
 * The value at a rank (from 1, ascending): within 1.1 % of the true one, and on the true side of every line that is
 * known exactly, so that what is shown agrees with what is decided (ANA-3). Errors: RangeError for a rank outside.
 */
export function valueAtRank(distribution: Distribution, rank: number): number {
  const { count, zeroCount, buckets } = distribution;
  if (!(rank >= 1 && rank <= count)) throw new RangeError(`rank ${rank} of ${count} values`);
  if (rank <= zeroCount) return 0;
  let seen = zeroCount;
  const bucket = buckets.find((candidate) => {
    seen += candidate.count;
    return rank <= seen;
  });
  if (!bucket) throw new RangeError(`rank ${rank} of ${count} values`);
  // The true value lies in (low, high]; every known line narrows that.
  let low = lowerEdge(bucket.index);
  let high = Math.min(lowerEdge(bucket.index + 1), distribution.max);
  let provenAbove = false; // above a line, as opposed to a bucket's edge
  for (const [line, past] of distribution.past) {
    if (past > count - rank) {
      if (line >= low) {
        low = line;
        provenAbove = true;
      }
    } else high = Math.min(high, line);
  }
  const middle = (2 * low * high) / (low + high); // equal relative distance to both edges
  if (high > low) return Math.max(middle, Math.min(distribution.min, high));
  // Edges are rounded powers: a line may sit a hair past its own bucket's edge.
  return provenAbove ? low * (1 + 1e-9) : high;
}

/** How many values lie strictly above `line`: exact when the line is known, else the least and most it can be. */
export function countPast(distribution: Distribution, line: number): { least: number; most: number } {
  const exact = distribution.past.get(line);
  if (exact !== undefined) return { least: exact, most: exact };
  if (line < 0) return { least: distribution.count, most: distribution.count };
  let least = 0;
  let most = 0;
  for (const { index, count } of distribution.buckets) {
    if (lowerEdge(index) >= line) least += count;
    if (lowerEdge(index + 1) > line) most += count;
  }
  return { least, most };
}
