import type { QuarantinedLine, RefusedEvent } from '#lib/telemetry/counting.ts';

/** How much of a refused line is kept beside its place and reason. */
export const KEPT_LINE_BYTES = 8192;
/** Refused lines of one batch that are kept one by one, and the text they may hold together. */
export const MAX_DIAGNOSED_LINES = 10_000;
const MAX_KEPT_CHARACTERS = 16 * 1024 * 1024;
/** Beyond that, refused lines this close together share one entry. */
const RANGE_BYTES = 4 * 1024 * 1024;

/** A refused line, or a run of them (`lineCount` > 1) from the first to the end of the last. */
export type QuarantineEntry = QuarantinedLine & { lineCount: number };

/**
 * The refused lines of one batch in constant memory, whatever is thrown at it (TEL-10). The first 10,000 (and 16 Mi
 * characters) are kept one by one. Later ones are counted and kept as ranges of at most 4 MiB: the first line's place and
 * reason, how many, and the bytes they span, from which each can be diagnosed again. Nothing is counted that is not kept
 * or covered by a range. Add in the order of the source.
 */
export class QuarantineLog {
  readonly entries: QuarantineEntry[] = [];
  lineCount = 0;
  #kept = 0;
  #keptCharacters = 0;
  #rangeOpen = false;

  /** Later ranges do not reach back beyond this point. */
  beginRange(): void {
    this.#rangeOpen = false;
  }

  add(entry: QuarantineEntry): void {
    this.lineCount += entry.lineCount;
    const full = this.#kept >= MAX_DIAGNOSED_LINES || this.#keptCharacters >= MAX_KEPT_CHARACTERS;
    if (!full) {
      this.#kept += 1;
      this.#keptCharacters += entry.raw.length;
      this.entries.push(entry);
      return;
    }
    const last = this.entries.at(-1);
    const end = entry.byteOffset + entry.byteLength;
    if (last && this.#rangeOpen && end - last.byteOffset <= RANGE_BYTES)
      this.entries[this.entries.length - 1] = {
        ...last,
        byteLength: end - last.byteOffset,
        lineCount: last.lineCount + entry.lineCount,
        rawTruncated: true,
      };
    else {
      this.#rangeOpen = true;
      this.entries.push({ ...entry, raw: entry.raw.slice(0, 200), rawTruncated: true });
    }
  }

  /** The entries as rows of the batch; a range says in its message how many lines it stands for. */
  toRows(): QuarantinedLine[] {
    return this.entries.map(({ lineCount, ...row }) =>
      lineCount === 1
        ? row
        : {
            ...row,
            message: `${lineCount} refused lines within bytes ${row.byteOffset} to ${row.byteOffset + row.byteLength}; the first: ${row.message}`,
          },
    );
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A refused line as an entry. `head`: its bytes, or at least their first 8 KiB; `byteLength`: of the whole line. */
export function quarantineEntry(
  place: { lineNumber: number; byteOffset: number; byteLength: number },
  head: Uint8Array,
  fault: Pick<RefusedEvent, 'reason' | 'field' | 'message'>,
): QuarantineEntry {
  return {
    ...place,
    reason: fault.reason,
    field: fault.field,
    message: fault.message,
    // PostgreSQL cannot store NUL in text; its picture takes its place, the bytes stay in the source.
    raw: decoder.decode(head.subarray(0, KEPT_LINE_BYTES)).replaceAll('\u0000', '\u2400'),
    rawTruncated: place.byteLength > KEPT_LINE_BYTES,
    lineCount: 1,
  };
}
