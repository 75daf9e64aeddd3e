import type { BatchCount } from '#lib/telemetry/index.ts';
import { type Content, endOfFirstLine, endOfLastLine, hashRange } from './content.run.ts';
import type { FileCounter } from './count/file-counter.client.ts';
import { type CountContext, contentHash, countLines } from './count/index.ts';

/** Below this, counting in this thread is faster than waking others. */
export const SMALL_BYTES = 2_000_000;
/** A larger batch would take too long to look at again; a file that is read in one go is one batch whatever its size. */
const PIECE_BYTES = 256_000_000;

export type Counting = {
  context: CountContext;
  spoolDirectory: string;
  /** Opened at its first use and shared by the whole scan. */
  fileCounter: () => Promise<FileCounter>;
  /** Starts the counter's threads while the database is still being asked; whoever counts waits less. */
  expectLarge: () => void;
};

export type CountedRangeOfLines = { endOffset: number; sha256: string; count: BatchCount };

/**
 * Where the next batch from `from` ends: at the last whole line, or at a line's end near the piece size. Null while there is
 * no whole line: a partial last line waits for its end (COL-1).
 */
export async function nextBatchEnd(content: Content, from: number): Promise<number | null> {
  const end = await endOfLastLine(content, from, content.sizeBytes);
  if (end === null) return null;
  const whole = from === 0 && end === content.sizeBytes;
  if (whole || end - from <= PIECE_BYTES) return end;
  return (
    (await endOfLastLine(content, from, from + PIECE_BYTES)) ??
    (await endOfFirstLine(content, from + PIECE_BYTES, end))
  );
}

/**
 * Counts [from, to) of a content: the bytes that are hashed are the bytes that are counted. Returns null when the file
 * was truncated or rewritten meanwhile; then nothing of it may be stored.
 */
export async function countRange(
  content: Content,
  range: { from: number; to: number; lineNumber: number },
  counting: Counting,
): Promise<CountedRangeOfLines | null> {
  const { from, to } = range;
  const start = { byteOffset: from, lineNumber: range.lineNumber };
  if (to - from <= SMALL_BYTES) {
    const bytes = await content.read(from, to - from);
    if (!(await content.stillHolds(to))) return null;
    return { endOffset: to, sha256: contentHash(bytes), count: countLines(bytes, start, counting.context) };
  }
  const counter = await counting.fileCounter();
  const { count, sha256 } = await counter.countFile(content.readablePath, start, counting.context, range);
  // A line across the end of a block was read with both of its blocks, and the file had time to change: where somebody wrote
  // to it meanwhile, a second hash tells whether everybody saw the same bytes.
  if (await content.untouched()) return { endOffset: to, sha256, count };
  if (!(await content.stillHolds(to)) || (await hashRange(content, from, to)) !== sha256) return null;
  return { endOffset: to, sha256, count };
}
