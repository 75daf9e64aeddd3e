import { createHash } from 'node:crypto';
import { Prisma, type Transaction } from '#lib/database/server.ts';
import { insertCountedBatch, storing } from './batch.store.ts';
import { type CountContext, countLines } from './count/index.ts';
import { ensureSource } from './source.store.ts';

/** Two events may stand at one position only if they are the same: the unique constraint says so. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';

export type InternalBatch = { part: string; position: number; lines: readonly string[] };

/**
 * Counts lines that Phasegate wrote itself, like any other batch, once per part and position (COL-2, TEL-7).
 * Returns false when that position was counted before; then nothing is changed.
 */
export async function storeInternalLines(batch: InternalBatch, context: CountContext): Promise<boolean> {
  try {
    await storing((tx) => countInternalLines(tx, batch, context));
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/**
 * The same in the transaction of what the lines speak of: both are kept or neither is. Call it last, because other batches
 * of the same windows wait from here on. Errors: of the database, for a position that was counted before.
 */
export async function countInternalLines(
  tx: Transaction,
  batch: InternalBatch,
  context: CountContext,
): Promise<void> {
  const bytes = Buffer.from(`${batch.lines.join('\n')}\n`);
  const count = countLines(bytes, { byteOffset: 0, lineNumber: 1 }, context);
  const sourceId = await ensureSource(tx, { kind: 'internal', identity: batch.part, name: batch.part });
  const row = {
    sourceId,
    startOffset: batch.position,
    endOffset: batch.position + bytes.length,
    firstLine: 1,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    count,
  };
  await insertCountedBatch(tx, row, batch.part, context);
}
