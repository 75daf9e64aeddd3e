import { bucketIndex, type Histogram, histogramFromCounts, type LineCount } from '#lib/telemetry/counting.ts';

const TABLE_SIZE = 65_536;
let indexTable: Int16Array | undefined;

/** The bucket of every whole number below 65,536; durations in whole milliseconds are nearly all of the traffic. */
function wholeNumberBuckets(): Int16Array {
  if (!indexTable) {
    indexTable = new Int16Array(TABLE_SIZE);
    for (let value = 1; value < TABLE_SIZE; value += 1) indexTable[value] = bucketIndex(value);
  }
  return indexTable;
}

/** Running totals of one number field: written to for every event, so arrays are grown in place. */
export class FieldTotals {
  readonly field: string;
  readonly #histogram: boolean;
  readonly #lines: Float64Array;
  readonly #past: Float64Array;
  readonly #table = wholeNumberBuckets();
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  #zeroCount = 0;
  #firstBucket = 0;
  #buckets = new Uint32Array(0);

  constructor(field: string, histogram: boolean, lines: readonly number[]) {
    this.field = field;
    this.#histogram = histogram;
    this.#lines = Float64Array.from(lines);
    this.#past = new Float64Array(lines.length);
  }

  /** Adds one finite value; for a histogram field it is ≥ 0. */
  add(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const lines = this.#lines;
    for (let i = 0; i < lines.length && value > (lines[i] ?? 0); i += 1)
      this.#past[i] = (this.#past[i] ?? 0) + 1;
    if (!this.#histogram) return;
    if (value === 0) {
      this.#zeroCount += 1;
      return;
    }
    const index =
      value < TABLE_SIZE && Math.trunc(value) === value ? (this.#table[value] ?? 0) : bucketIndex(value);
    let at = index - this.#firstBucket;
    if (at < 0 || at >= this.#buckets.length) {
      this.#grow(index);
      at = index - this.#firstBucket;
    }
    this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
  }

  #grow(index: number): void {
    const margin = 64;
    const old = this.#buckets;
    const first = old.length === 0 ? index - margin : Math.min(this.#firstBucket, index - margin);
    const end = old.length === 0 ? index + margin : Math.max(this.#firstBucket + old.length, index + margin);
    const grown = new Uint32Array(end - first);
    grown.set(old, old.length === 0 ? 0 : this.#firstBucket - first);
    this.#buckets = grown;
    this.#firstBucket = first;
  }

  histogram(): Histogram {
    const first = this.#firstBucket;
    return histogramFromCounts(
      this.#zeroCount,
      Array.from(this.#buckets, (count, i): [number, number] => [first + i, count]),
    );
  }

  lines(): LineCount[] {
    return Array.from(this.#lines, (line, i) => ({ line, past: this.#past[i] ?? 0 }));
  }
}
