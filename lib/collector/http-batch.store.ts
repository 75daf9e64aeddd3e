import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { database, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { BatchCount } from '#lib/telemetry/index.ts';
import { QuarantineReasonSchema } from '#lib/telemetry/index.ts';
import { addCounts, countsOf, insertCountedBatch, storing } from './batch.store.ts';
import { ANSWERED_QUARANTINE_LINES, type HttpBatchAnswer } from './http-batch.schema.ts';
import type { ReceivedBody } from './http-body.run.ts';
import { ensureSource } from './source.store.ts';

const compress = promisify(gzip);

export type HttpSender = { keyId: string; name: string };
type Context = { policy: Policy; now: Date };

/**
 * Stores a body and, when `count` is given, what it counted, in one transaction: once this returns, it is kept (COL-2).
 * One key's requests wait for each other, so that of fifty equal ones one has an effect and the others its answer.
 * Errors: AppError UNPROCESSABLE when the idempotency key was used for another body.
 */
export async function storeHttpBatch(
  sender: HttpSender,
  body: ReceivedBody,
  request: { idempotencyKey: string | null; count: BatchCount | null },
  context: Context,
): Promise<HttpBatchAnswer> {
  const bodyGzip = new Uint8Array(await compress(body.content, { level: 1 }));
  return storing(async (tx) => {
    const sourceId = await ensureSource(tx, { kind: 'http', identity: sender.keyId, name: sender.name });
    await tx.$queryRaw`SELECT id::text FROM telemetry_source WHERE id = ${sourceId}::uuid FOR UPDATE`;
    const earlier = await answerOfEarlier(tx, sourceId, body.sha256, request.idempotencyKey);
    if (earlier) return earlier;
    const source = await tx.telemetrySource.findUniqueOrThrow({ where: { id: sourceId } });
    const batch = {
      sourceId,
      startOffset: Number(source.offsetBytes),
      endOffset: Number(source.offsetBytes) + body.content.length,
      firstLine: 1,
      sha256: body.sha256,
      ...(request.idempotencyKey === null ? {} : { idempotencyKey: request.idempotencyKey }),
    };
    const id = request.count
      ? await insertCountedBatch(tx, { ...batch, count: request.count }, source.name, context)
      : await insertReceived(tx, batch, context.now);
    await tx.telemetryBatchPayload.create({
      data: { batchId: id, bodyGzip, byteCount: body.content.length },
    });
    await tx.telemetrySource.update({
      where: { id: sourceId },
      data: {
        offsetBytes: batch.endOffset,
        lineCount: { increment: request.count?.lineCount ?? 0 },
        lastReadAt: context.now,
      },
    });
    return answerOf(tx, id, false);
  });
}

async function insertReceived(
  tx: Transaction,
  batch: { sourceId: string; startOffset: number; endOffset: number; firstLine: number; sha256: string },
  now: Date,
): Promise<string> {
  const { id } = await tx.telemetryBatch.create({
    data: { ...batch, state: 'received', receivedAt: now },
    select: { id: true },
  });
  return id;
}

async function answerOfEarlier(
  tx: Transaction,
  sourceId: string,
  sha256: string,
  idempotencyKey: string | null,
): Promise<HttpBatchAnswer | null> {
  if (idempotencyKey !== null) {
    const sameKey = await tx.telemetryBatch.findFirst({
      where: { sourceId, idempotencyKey },
      select: { id: true, sha256: true },
    });
    if (sameKey && sameKey.sha256 !== sha256)
      throw new AppError('UNPROCESSABLE', 'This Idempotency-Key was already used with another body.', {
        reason: 'idempotency_key_reused',
      });
    if (sameKey) return answerOf(tx, sameKey.id, false);
  }
  const sameContent = await tx.telemetryBatch.findFirst({
    where: { sourceId, sha256 },
    select: { id: true },
  });
  return sameContent ? answerOf(tx, sameContent.id, true) : null;
}

/** The answer as it follows from what is stored, so that a retry gets what the first request got. */
async function answerOf(tx: Transaction, batchId: string, duplicate: boolean): Promise<HttpBatchAnswer> {
  const batch = await tx.telemetryBatch.findUniqueOrThrow({ where: { id: batchId } });
  const refused = await tx.telemetryQuarantine.findMany({
    where: { batchId },
    orderBy: { id: 'asc' },
    take: ANSWERED_QUARANTINE_LINES,
  });
  return {
    batch_id: batch.id,
    state: batch.state === 'counted' ? 'counted' : 'received',
    lines: Number(batch.lineCount),
    accepted: Number(batch.eventCount),
    excluded: Number(batch.excludedCount),
    quarantined: Number(batch.quarantinedCount),
    duplicate,
    quarantine: refused.map((row) => ({
      line: Number(row.lineNumber),
      reason: QuarantineReasonSchema.parse(row.reason),
      field: row.field,
      message: row.message,
    })),
  };
}

export type ReceivedBatch = {
  id: string;
  sourceId: string;
  sourceName: string;
  receivedAt: Date;
  bodyGzip: Uint8Array;
};

/** The bodies that are stored and not yet counted, oldest first. */
export async function receivedBatchIds(): Promise<string[]> {
  const rows = await database().telemetryBatch.findMany({
    where: { state: 'received' },
    orderBy: { receivedAt: 'asc' },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/** One of them with its body, or null when it was counted meanwhile. */
export async function loadReceivedBatch(id: string): Promise<ReceivedBatch | null> {
  const batch = await database().telemetryBatch.findFirst({
    where: { id, state: 'received' },
    include: { payload: true, source: { select: { name: true } } },
  });
  if (!batch?.payload) return null;
  return {
    id: batch.id,
    sourceId: batch.sourceId,
    sourceName: batch.source.name,
    receivedAt: batch.receivedAt,
    bodyGzip: batch.payload.bodyGzip,
  };
}

/** Adds the counts of a stored body, once: false when another collector did it; then nothing was changed. */
export function storeReceivedCount(
  batch: ReceivedBatch,
  count: BatchCount,
  context: Context,
): Promise<boolean> {
  return storing(async (tx) => {
    const { count: claimed } = await tx.telemetryBatch.updateMany({
      where: { id: batch.id, state: 'received' },
      data: { state: 'counted', ...countsOf(count, context.now) },
    });
    if (claimed === 0) return false;
    await addCounts(tx, batch.id, batch.sourceName, count, context);
    await tx.telemetrySource.update({
      where: { id: batch.sourceId },
      data: { lineCount: { increment: count.lineCount } },
    });
    return true;
  });
}
