import type { EventRules } from '#lib/telemetry/counting.ts';
import type { Tally } from './line-tally.ts';
import type { QuarantineEntry } from './quarantine-log.ts';

/** What a worker is asked: to take pieces of a file, while there are any, and to count them. */
export type CountJob = {
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

/** The bytes of one piece and the lines that begin in it: line numbers of the refused ones count from 0 in the piece. */
export type PieceReport = { piece: number; sha256: string; lineCount: number; refused: QuarantineEntry[] };

export type CountAnswer =
  | { kind: 'counted'; tally: Tally; pieces: PieceReport[] }
  | { kind: 'failed'; message: string };
