import { closeSync, openSync, readSync } from 'node:fs';
import { byteOrderMarkLength } from './byte-order-mark.ts';
import { hashBlock } from './content-hash.ts';
import type { CountAnswer, CountJob, PieceReport } from './count-job.ts';
import { LineTally } from './line-tally.ts';
import { KEPT_LINE_BYTES, QuarantineLog } from './quarantine-log.ts';

const NEWLINE = 0x0a;
/** Read beyond a piece at once, for the line that crosses its end. */
const READ_AHEAD_BYTES = 4 * 1024;

/** Counts pieces of a file until none is left; blocks its thread, so it belongs into a worker. Errors: the file system's. */
export function countPieces(job: CountJob): CountAnswer {
  const descriptor = openSync(job.path, 'r');
  try {
    const { rules } = job;
    const reader = new PieceReader(descriptor, job, new LineTally(rules, job.nowMs), rules.maxLineBytes);
    const next = new Int32Array(job.nextPiece);
    const count = Math.ceil((job.to - job.from) / job.pieceBytes);
    const pieces: PieceReport[] = [];
    for (let piece = Atomics.add(next, 0, 1); piece < count; piece = Atomics.add(next, 0, 1))
      pieces.push(reader.count(piece));
    return { kind: 'counted', tally: reader.tally.finish(), pieces };
  } finally {
    closeSync(descriptor);
  }
}

class PieceReader {
  readonly tally: LineTally;
  readonly #descriptor: number;
  readonly #job: CountJob;
  readonly #maxLineBytes: number;
  readonly #buffer: Buffer;
  /** One for all pieces of this worker, so that what it keeps has one bound. */
  readonly #refused = new QuarantineLog();

  constructor(descriptor: number, job: CountJob, tally: LineTally, maxLineBytes: number) {
    this.#descriptor = descriptor;
    this.#job = job;
    this.tally = tally;
    this.#maxLineBytes = maxLineBytes;
    this.#buffer = Buffer.allocUnsafe(1 + job.pieceBytes + READ_AHEAD_BYTES);
  }

  /** Counts the lines that begin in the piece, wherever they end. */
  count(piece: number): PieceReport {
    const { from, to, pieceBytes } = this.#job;
    const start = from + piece * pieceBytes;
    const end = Math.min(start + pieceBytes, to);
    const linesBefore = this.tally.lineCount;
    const refusedBefore = this.#refused.entries.length;
    // One byte before the piece tells whether a line begins with it.
    const readFrom = piece === 0 ? start : start - 1;
    const readTo = Math.min(end + Math.min(READ_AHEAD_BYTES, pieceBytes), to);
    const bytes = this.#read(readFrom, readTo - readFrom);
    const first = piece === 0 ? byteOrderMarkLength(bytes, this.#job.byteOffset) : bytes.indexOf(NEWLINE) + 1;
    const firstAt = readFrom + first;
    // Hashed while the core still holds them, and before the buffer is used for the line that crosses the end.
    const sha256 = hashBlock(bytes.subarray(start - readFrom, end - readFrom));
    this.#refused.beginRange();
    if ((piece === 0 || first > 0) && firstAt < end) {
      const newline = bytes.indexOf(NEWLINE, end - 1 - readFrom);
      const known =
        newline >= 0 ? newline + 1 : readTo === to ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
      this.#add(bytes, first, Math.max(known, first), firstAt, linesBefore);
      if (newline < 0 && readTo < to) this.#addCrossing(readFrom + Math.max(known, first), linesBefore);
    }
    return {
      piece,
      sha256,
      lineCount: this.tally.lineCount - linesBefore,
      refused: this.#refused.entries.slice(refusedBefore),
    };
  }

  /** The line at `start` that goes on beyond what was read at once: held up to the longest that is allowed. */
  #addCrossing(start: number, linesBefore: number): void {
    const held: Buffer[] = [];
    let head: Buffer = Buffer.alloc(0);
    let length = 0;
    let at = start;
    let ended = false;
    while (!ended && at < this.#job.to) {
      const bytes = Buffer.from(this.#read(at, Math.min(this.#buffer.length, this.#job.to - at)));
      const newline = bytes.indexOf(NEWLINE);
      ended = newline >= 0;
      const part = ended ? bytes.subarray(0, newline) : bytes;
      if (head.length < KEPT_LINE_BYTES) head = Buffer.concat([head, part]).subarray(0, KEPT_LINE_BYTES);
      length += part.length;
      at += bytes.length;
      if (length <= this.#maxLineBytes) held.push(part);
      else held.length = 0;
    }
    if (length <= this.#maxLineBytes) this.#add(Buffer.concat(held), 0, length, start, linesBefore);
    else
      this.tally.addTooLong(
        head,
        {
          lineNumber: this.tally.lineCount - linesBefore,
          byteOffset: this.#place(start),
          byteLength: length,
        },
        this.#refused,
      );
  }

  #add(bytes: Uint8Array, from: number, to: number, fileOffset: number, linesBefore: number): void {
    const lineNumber = this.tally.lineCount - linesBefore;
    this.tally.add(bytes, from, to, { byteOffset: this.#place(fileOffset), lineNumber }, this.#refused);
  }

  /** The offset in the source of an offset in the file. */
  #place(fileOffset: number): number {
    return fileOffset - this.#job.from + this.#job.byteOffset;
  }

  #read(position: number, length: number): Buffer {
    let filled = 0;
    while (filled < length) {
      const read = readSync(this.#descriptor, this.#buffer, filled, length - filled, position + filled);
      if (read === 0) throw new Error('the file was cut short while it was counted');
      filled += read;
    }
    return this.#buffer.subarray(0, length);
  }
}
