import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchCount } from '#lib/telemetry/index.ts';
import { type Content, endOfFirstLine, endOfLastLine, hashRange } from './content.run.ts';
import type { openDuckDbCounter } from './count/duckdb.client.ts';
import { type CountContext, countLines } from './count/index.ts';

/** Below this, reading the lines in this process is faster than asking DuckDB. */
export const SMALL_BYTES = 2_000_000;
/** A larger piece would hold one transaction and one temporary file for too long. */
const PIECE_BYTES = 256_000_000;

export type DuckDbCounter = Awaited<ReturnType<typeof openDuckDbCounter>>;

export type Counting = {
  context: CountContext;
  spoolDirectory: string;
  /** Opened at its first use and shared by the whole scan. */
  duckDb: () => Promise<DuckDbCounter>;
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
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { endOffset: to, sha256, count: countLines(bytes, start, counting.context) };
  }
  const duckDb = await counting.duckDb();
  if (from === 0 && to === content.sizeBytes) {
    const [count, sha256] = await Promise.all([
      duckDb.countFile(content.readablePath, start, counting.context),
      hashRange(content, from, to),
    ]);
    if (await content.untouched()) return { endOffset: to, sha256, count };
    // Somebody wrote to it while two readers were at it: what they saw may differ, so count a copy instead.
    if (!(await content.stillHolds(to))) return null;
  }
  const spool = join(counting.spoolDirectory, `range-${from}.jsonl`);
  try {
    const sha256 = await hashRange(content, from, to, spool);
    if (!(await content.stillHolds(to))) return null;
    return { endOffset: to, sha256, count: await duckDb.countFile(spool, start, counting.context) };
  } finally {
    await rm(spool, { force: true });
  }
}
