import type { EventRules } from '#lib/telemetry/counting.ts';
import type { Tally } from './line-tally.ts';
import type { QuarantineEntry } from './quarantine-log.ts';

/** What a worker is asked: to take pieces of a file, while there are any, and to count them. */
export type CountJob = {
  kind: 'count';
  path: string;
  /** Bytes of the file, [from, to). */
  from: number;
  to: number;
  pieceBytes: number;
  /** The next piece that nobody took; shared by all workers of the job. */
  nextPiece: SharedArrayBuffer;
  /** Where `from` lies in the source: a byte order mark is skipped only at its very beginning. */
  byteOffset: number;
  rules: EventRules;
  nowMs: number;
};

/** The SHA-256 of bytes [from, to) of a file. */
export type HashJob = { kind: 'hash'; path: string; from: number; to: number };

/** The lines that begin in one piece: line numbers of the refused ones count from 0 in the piece. */
export type PieceReport = { piece: number; lineCount: number; refused: QuarantineEntry[] };

export type CountAnswer =
  | { kind: 'counted'; tally: Tally; pieces: PieceReport[] }
  | { kind: 'hashed'; sha256: string }
  | { kind: 'failed'; message: string };
