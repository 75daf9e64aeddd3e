import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { log } from '#lib/config/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { BatchCount } from '#lib/telemetry/index.ts';
import { countLines } from './count/index.ts';
import { type Counting, SMALL_BYTES } from './count-range.run.ts';
import { type HttpBatchAnswer, IdempotencyKeySchema } from './http-batch.schema.ts';
import {
  type HttpSender,
  loadReceivedBatch,
  receivedBatchIds,
  storeHttpBatch,
  storeReceivedCount,
} from './http-batch.store.ts';
import { type BodyHeaders, receiveBody } from './http-body.run.ts';
import { collectionPause } from './pause.store.ts';
import { addBatch, type SourceProblem, type Totals } from './totals.ts';

const decompress = promisify(gunzip);

/** Counted before the answer, so that its sender learns of every line: about a tenth of a second of one core. */
const COUNTED_AT_ONCE_BYTES = 8_000_000;

/**
 * Takes the body of `POST /api/v1/events` (COL-1, COL-2). Once this returns, the batch is committed: counted when it is small,
 * else, or while collection is paused (COL-9), stored for the Collector. The same Idempotency-Key with the same body gets the same answer; the same content from the
 * same key is counted once. Errors: AppError VALIDATION, TOO_LARGE, UNSUPPORTED_MEDIA, UNPROCESSABLE; nothing was stored.
 */
export async function acceptHttpBatch(request: {
  sender: HttpSender;
  headers: BodyHeaders;
  body: ReadableStream<Uint8Array> | null;
  now: Date;
}): Promise<HttpBatchAnswer> {
  const { policy, catalogue } = await loadPolicy();
  const idempotencyKey = parseKey(request.headers.get('idempotency-key'));
  const body = await receiveBody(request.body, request.headers, policy.telemetry.maxBodyBytes);
  const context = { policy, catalogue, now: request.now };
  const countNow =
    body.content.length <= COUNTED_AT_ONCE_BYTES && (await collectionPause(request.now)) === null;
  const count = countNow ? countLines(body.content, { byteOffset: 0, lineNumber: 1 }, context) : null;
  return storeHttpBatch(request.sender, body, { idempotencyKey, count }, context);
}

function parseKey(header: string | null): string | null {
  if (header === null) return null;
  const key = IdempotencyKeySchema.safeParse(header);
  if (key.success) return key.data;
  throw new AppError('VALIDATION', 'The Idempotency-Key cannot be used.', {
    issues: key.error.issues.map((issue) => ({ field: 'Idempotency-Key', message: issue.message })),
  });
}

/**
 * Counts the bodies that were stored without being counted, oldest first; each as of the time it was received. One that
 * cannot be counted is reported and stays stored; the others are counted. While collection is paused none is (COL-9).
 */
export async function countReceivedBatches(counting: Counting, totals: Totals): Promise<SourceProblem[]> {
  const problems: SourceProblem[] = [];
  if (await collectionPause(counting.context.now)) return problems;
  for (const id of await receivedBatchIds()) {
    const batch = await loadReceivedBatch(id);
    if (!batch) continue; // counted by another collector meanwhile
    try {
      const content = await decompress(batch.bodyGzip);
      const asOf = { ...counting, context: { ...counting.context, now: batch.receivedAt } };
      const count = await countBody(batch.id, content, asOf);
      if (await storeReceivedCount(batch, count, counting.context)) addBatch(totals, count);
    } catch (error) {
      log('collector').error({ err: error, batchId: id }, 'a stored body could not be counted');
      problems.push({
        source: batch.sourceName,
        message: `body ${id} could not be counted; the log has more`,
      });
    }
  }
  return problems;
}

async function countBody(batchId: string, content: Buffer, counting: Counting): Promise<BatchCount> {
  const start = { byteOffset: 0, lineNumber: 1 };
  if (content.length <= SMALL_BYTES) return countLines(content, start, counting.context);
  const spool = join(counting.spoolDirectory, `body-${batchId}.jsonl`);
  try {
    await writeFile(spool, content, { flag: 'wx' });
    const counter = await counting.fileCounter();
    return (await counter.countFile(spool, start, counting.context)).count;
  } finally {
    await rm(spool, { force: true });
  }
}
