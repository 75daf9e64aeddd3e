import {
  type AcceptedEvent,
  type BatchCount,
  type EventRules,
  foldDimensions,
  mergeSeries,
  seriesKey,
  type WindowSeries,
} from '#lib/telemetry/counting.ts';
import { Cell } from './cell.ts';
import { FieldTotals } from './field-totals.ts';
import { judgeLine, lineTooLong } from './judge-line.ts';
import { LineScanner } from './line-scanner.ts';
import { type QuarantineLog, quarantineEntry } from './quarantine-log.ts';

const NEWLINE = 0x0a;
/** Cells of carefully read lines held before they are folded into rows. */
const JUDGED_CELLS_HELD = 4096;

/** Counts of a run of whole lines whose refused lines are kept aside; what a worker hands back. */
export type Tally = Omit<BatchCount, 'quarantine' | 'quarantinedCount'>;

/**
 * Counts lines into window rows, piece by piece, in memory that does not grow with the number of lines.
 * Give it whole lines in order; then `finish`.
 */
export class LineTally {
  readonly #rules: EventRules;
  readonly #nowMs: number;
  readonly #scanner: LineScanner;
  #judged = new Map<string, Cell>();
  #rows: WindowSeries[] = [];
  #excludedByJudge = 0;
  #minTsMs = Number.POSITIVE_INFINITY;
  #maxTsMs = Number.NEGATIVE_INFINITY;
  lineCount = 0;
  blankCount = 0;
  eventCount = 0;

  constructor(rules: EventRules, nowMs: number) {
    this.#rules = rules;
    this.#nowMs = nowMs;
    this.#scanner = new LineScanner(rules, nowMs);
  }

  /**
   * Counts bytes[from, to): whole lines, each but the last with its newline. `place` is that of the first byte;
   * refused lines go to `refused` in order.
   */
  add(
    bytes: Uint8Array,
    from: number,
    to: number,
    place: { byteOffset: number; lineNumber: number },
    refused: QuarantineLog,
  ): void {
    const scanner = this.#scanner;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lastNewline = bytes.lastIndexOf(NEWLINE, to - 1);
    const firstLine = this.lineCount;
    let at = from;
    while (at < to) {
      const next = at <= lastNewline ? scanner.count(bytes, view, at) : -1;
      this.lineCount += 1;
      if (next >= 0) {
        this.eventCount += 1;
        at = next;
        if (scanner.crowded) this.#fold();
        continue;
      }
      const newline = at <= lastNewline ? bytes.indexOf(NEWLINE, at) : to;
      const line = bytes.subarray(at, newline);
      const lineNumber = place.lineNumber + this.lineCount - 1 - firstLine;
      this.#judge(
        line,
        { lineNumber, byteOffset: place.byteOffset + at - from, byteLength: line.length },
        refused,
      );
      at = newline + 1;
    }
  }

  /** Notes a line that was too long to be held: `head` is its beginning, `byteLength` its length without the newline. */
  addTooLong(
    head: Uint8Array,
    place: { lineNumber: number; byteOffset: number; byteLength: number },
    refused: QuarantineLog,
  ): void {
    this.lineCount += 1;
    refused.add(quarantineEntry(place, head, lineTooLong(this.#rules, place.byteLength)));
  }

  #judge(
    line: Uint8Array,
    place: { lineNumber: number; byteOffset: number; byteLength: number },
    refused: QuarantineLog,
  ): void {
    const judgement = judgeLine(this.#rules, line, this.#nowMs);
    if (judgement === null) this.blankCount += 1;
    else if (judgement.accepted) this.#count(judgement);
    else refused.add(quarantineEntry(place, line, judgement));
  }

  #count(event: AcceptedEvent): void {
    this.eventCount += 1;
    if (event.tagSet !== '') this.#excludedByJudge += 1;
    this.#minTsMs = Math.min(this.#minTsMs, event.tsMs);
    this.#maxTsMs = Math.max(this.#maxTsMs, event.tsMs);
    const windowMs = this.#rules.windowSeconds * 1000;
    const windowStartMs = Math.floor(event.tsMs / windowMs) * windowMs;
    const key = JSON.stringify([
      windowStartMs,
      event.event,
      event.phase,
      event.rollouts,
      event.tagSet,
      event.dims,
    ]);
    const cell = this.#judged.get(key) ?? new Cell({ ...event, windowStartMs });
    this.#judged.set(key, cell);
    cell.count += 1;
    for (const { field, value, histogram, lines } of event.numbers) {
      let totals = cell.fields.find((candidate) => candidate.field === field);
      if (!totals) {
        totals = new FieldTotals(field, histogram, lines);
        cell.fields.push(totals);
      }
      totals.add(value);
    }
    if (this.#judged.size > JUDGED_CELLS_HELD) this.#fold();
  }

  /** Turns cells into rows, with rare dimension values folded together. */
  #fold(): void {
    const cells = [...this.#scanner.takeCells(), ...this.#judged.values()];
    this.#judged = new Map();
    const rows = cells.flatMap((cell) => cell.toSeries());
    this.#rows = foldDimensions(this.#rules, mergeSeries(this.#rows, rows));
  }

  /** The counts so far; the tally is spent. */
  finish(): Tally {
    this.#fold();
    const minTsMs = Math.min(this.#minTsMs, this.#scanner.minTsMs);
    const maxTsMs = Math.max(this.#maxTsMs, this.#scanner.maxTsMs);
    return {
      lineCount: this.lineCount,
      blankCount: this.blankCount,
      eventCount: this.eventCount,
      excludedCount: this.#excludedByJudge + this.#scanner.excludedCount,
      minTs: Number.isFinite(minTsMs) ? new Date(minTsMs).toISOString() : null,
      maxTs: Number.isFinite(maxTsMs) ? new Date(maxTsMs).toISOString() : null,
      series: this.#rows,
    };
  }
}

/** Several tallies of one batch as its count; the order of the parts does not matter, that of `refused` is the source's. */
export function combineTallies(
  rules: EventRules,
  tallies: readonly Tally[],
  refused: QuarantineLog,
): BatchCount {
  const total = (of: (tally: Tally) => number) => tallies.reduce((sum, tally) => sum + of(tally), 0);
  const times = (of: (tally: Tally) => string | null) =>
    tallies.flatMap((tally) => of(tally) ?? []).toSorted();
  const rows = foldDimensions(rules, mergeSeries(...tallies.map((tally) => tally.series)));
  return {
    lineCount: total((tally) => tally.lineCount),
    blankCount: total((tally) => tally.blankCount),
    eventCount: total((tally) => tally.eventCount),
    excludedCount: total((tally) => tally.excludedCount),
    quarantinedCount: refused.lineCount,
    minTs: times((tally) => tally.minTs)[0] ?? null,
    maxTs: times((tally) => tally.maxTs).at(-1) ?? null,
    series: sortByKey(rows),
    quarantine: refused.toRows(),
  };
}

/** In the order of their keys: batches that are stored at once then lock windows in the same order. */
function sortByKey(rows: WindowSeries[]): WindowSeries[] {
  return rows
    .map((row) => ({ row, key: seriesKey(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}
