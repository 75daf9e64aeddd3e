import { createHash } from 'node:crypto';
import { database, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { insertCountedBatch, storing } from './batch.store.ts';
import { countLines } from './count/index.ts';
import {
  type Quarantined,
  QuarantinedSchema,
  type QuarantineList,
  type QuarantineQuery,
} from './quarantine.schema.ts';
import { ensureSource } from './source.store.ts';

type Who = { id: string; name: string };
type Resolution = { id: string; actor: Who; now: Date };

/** The internal source of lines that people mended; a line's number is its position, so each is counted once. */
const REPLAY_PART = 'replay';

type QuarantineRow = {
  id: bigint;
  sourceName: string;
  lineNumber: bigint;
  reason: string;
  field: string | null;
  message: string;
  raw: string;
  rawTruncated: boolean;
  state: string;
  createdAt: Date;
  resolvedAt: Date | null;
  resolvedBy: string | null;
};

const fromRow = (row: QuarantineRow): Quarantined =>
  QuarantinedSchema.parse({
    id: row.id.toString(),
    sourceName: row.sourceName,
    lineNumber: Number(row.lineNumber),
    reason: row.reason,
    field: row.field,
    message: row.message,
    raw: row.raw,
    rawTruncated: row.rawTruncated,
    state: row.state,
    createdAt: row.createdAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    resolvedBy: row.resolvedBy,
  });

/** Refused lines, newest first (TEL-10). */
export async function listQuarantine(query: QuarantineQuery): Promise<QuarantineList> {
  const [rows, openCount] = await Promise.all([
    database().telemetryQuarantine.findMany({
      where: {
        ...(query.state ? { state: query.state } : {}),
        ...(query.reason ? { reason: query.reason } : {}),
        ...(query.before ? { id: { lt: BigInt(query.before) } } : {}),
      },
      orderBy: { id: 'desc' },
      take: query.limit + 1,
    }),
    database().telemetryQuarantine.count({ where: { state: 'open' } }),
  ]);
  const page = rows.slice(0, query.limit).map(fromRow);
  return { rows: page, openCount, nextBefore: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null };
}

/** One refused line. Errors: AppError NOT_FOUND. */
export async function getQuarantined(id: string): Promise<Quarantined> {
  const row = await database().telemetryQuarantine.findUnique({ where: { id: BigInt(id) } });
  if (!row) throw notFound(id);
  return fromRow(row);
}

const notFound = (id: string): AppError =>
  new AppError('NOT_FOUND', `There is no quarantined line ${id}.`, { reason: 'quarantine_unknown' });

/**
 * Counts a refused line in the form a person gave it, once, and records who did it (TEL-10, COL-2). The caller has checked the
 * permission. Errors: AppError NOT_FOUND; CONFLICT when it was resolved before; UNPROCESSABLE when the line is still
 * refused, with field and reason; nothing is changed then.
 */
export async function replayQuarantined(request: Resolution & { raw: string }): Promise<Quarantined> {
  const { policy, catalogue } = await loadPolicy();
  const context = { policy, catalogue, now: request.now };
  const bytes = Buffer.from(`${request.raw.trim()}\n`);
  const count = countLines(bytes, { byteOffset: 0, lineNumber: 1 }, context);
  const [refused] = count.quarantine;
  if (refused)
    throw new AppError('UNPROCESSABLE', `The line is still refused: ${refused.message}`, {
      reason: refused.reason,
      issues: [{ field: refused.field ?? 'raw', message: refused.message }],
    });
  if (count.eventCount !== 1)
    throw new AppError('UNPROCESSABLE', 'Give exactly one event.', {
      reason: 'not_one_event',
      issues: [{ field: 'raw', message: `${count.eventCount} events` }],
    });
  return storing(async (tx) => {
    const position = Number(request.id);
    await resolve(tx, request, 'replayed');
    const sourceId = await ensureSource(tx, { kind: 'internal', identity: REPLAY_PART, name: REPLAY_PART });
    const batch = {
      sourceId,
      startOffset: position,
      endOffset: position + bytes.length,
      firstLine: 1,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      count,
    };
    const batchId = await insertCountedBatch(tx, batch, `${REPLAY_PART}:${request.id}`, context);
    await tx.telemetryQuarantine.update({
      where: { id: BigInt(request.id) },
      data: { replayedBatchId: batchId },
    });
    return finish(tx, request, 'quarantine.replayed', { batch: batchId, sha256: batch.sha256 });
  });
}

/** Sets a refused line aside for good; it stays on record. Errors: AppError NOT_FOUND; CONFLICT when it was resolved before. */
export function discardQuarantined(request: Resolution): Promise<Quarantined> {
  return storing(async (tx) => {
    await resolve(tx, request, 'discarded');
    return finish(tx, request, 'quarantine.discarded', {});
  });
}

async function resolve(tx: Transaction, request: Resolution, state: 'replayed' | 'discarded'): Promise<void> {
  const { count } = await tx.telemetryQuarantine.updateMany({
    where: { id: BigInt(request.id), state: 'open' },
    data: { state, resolvedAt: request.now, resolvedBy: request.actor.name },
  });
  if (count === 1) return;
  const row = await tx.telemetryQuarantine.findUnique({ where: { id: BigInt(request.id) } });
  if (!row) throw notFound(request.id);
  throw new AppError('CONFLICT', `This line was already ${row.state} by ${row.resolvedBy ?? 'somebody'}.`, {
    reason: 'quarantine_resolved',
  });
}

async function finish(
  tx: Transaction,
  request: Resolution,
  action: string,
  details: Record<string, string>,
): Promise<Quarantined> {
  const row = fromRow(await tx.telemetryQuarantine.findUniqueOrThrow({ where: { id: BigInt(request.id) } }));
  await publishLive(tx, { topic: 'quarantine' });
  await appendAudit(tx, {
    actor: request.actor,
    action,
    subject: `quarantine:${request.id}`,
    reason: row.reason,
    details: { source: row.sourceName, line: row.lineNumber, ...details },
    at: request.now,
  });
  return row;
}
