import { createHash } from 'node:crypto';
import { database, inTransaction, type Transaction } from '#lib/database/server.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import type { CountedRange } from './batch-identity.ts';

/** A file as far as it has been counted; offsets are of the decompressed content. */
export type FileSource = {
  id: string;
  name: string;
  identity: string;
  offsetBytes: number;
  lineCount: number;
  state: 'active' | 'gone';
  lastError: string | null;
};

type SourceRow = {
  id: string;
  name: string;
  identity: string;
  offsetBytes: bigint;
  lineCount: bigint;
  state: string;
  lastError: string | null;
};

const fromRow = (row: SourceRow): FileSource => ({
  id: row.id,
  name: row.name,
  identity: row.identity,
  offsetBytes: Number(row.offsetBytes),
  lineCount: Number(row.lineCount),
  state: row.state === 'gone' ? 'gone' : 'active',
  lastError: row.lastError,
});

/** Registering a file is rare and must see every other registration; taken inside the transaction. */
const REGISTER_LOCK = 7_417_024;

/** Another collector registered or moved a file in between: what was decided here is out of date. */
export class OutdatedScanError extends Error {
  override readonly name = 'OutdatedScanError';
}

/** Every file ever counted, oldest first. */
export async function loadFileSources(): Promise<FileSource[]> {
  const rows = await database().telemetrySource.findMany({
    where: { kind: 'file' },
    orderBy: [{ firstSeenAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(fromRow);
}

/** One of them, as it stands now. Errors: NotFound of Prisma. */
export async function loadFileSource(id: string): Promise<FileSource> {
  return fromRow(await database().telemetrySource.findUniqueOrThrow({ where: { id } }));
}

type RangeRow = {
  startOffset: bigint;
  endOffset: bigint;
  sha256: string;
  firstLine: bigint;
  lineCount: bigint;
};
const RANGE_FIELDS = {
  startOffset: true,
  endOffset: true,
  sha256: true,
  firstLine: true,
  lineCount: true,
} as const;

const rangeOf = (row: RangeRow): CountedRange => ({
  startOffset: Number(row.startOffset),
  endOffset: Number(row.endOffset),
  sha256: row.sha256,
  lineAfter: Number(row.firstLine + row.lineCount) - 1,
});

/** The first counted range of every file: what a copy of it must begin with. */
export async function loadFirstRanges(): Promise<Map<string, CountedRange>> {
  const rows = await database().telemetryBatch.findMany({
    where: { startOffset: 0, source: { kind: 'file' } },
    select: { sourceId: true, ...RANGE_FIELDS },
  });
  return new Map(rows.map((row) => [row.sourceId, rangeOf(row)]));
}

/** Every counted range of a file, in its order. */
export async function loadRanges(sourceId: string): Promise<CountedRange[]> {
  const rows = await database().telemetryBatch.findMany({
    where: { sourceId },
    select: RANGE_FIELDS,
    orderBy: { startOffset: 'asc' },
  });
  return rows.map(rangeOf);
}

const RECENT_BYTES = 1 << 20;

/** The newest counted ranges of a file, about 1 MiB: enough to notice that it was overwritten. */
export async function loadRecentRanges(sourceId: string): Promise<CountedRange[]> {
  const rows = await database().telemetryBatch.findMany({
    where: { sourceId },
    select: RANGE_FIELDS,
    orderBy: { startOffset: 'desc' },
    take: 16,
  });
  const recent: CountedRange[] = [];
  let bytes = 0;
  for (const range of rows.map(rangeOf)) {
    if (bytes >= RECENT_BYTES) break;
    recent.push(range);
    bytes += range.endOffset - range.startOffset;
  }
  return recent;
}

/**
 * Adds a file to the known ones, with nothing counted of it. `knownCount` is how many there were when its content was
 * compared; should there be more now, another collector was faster and nothing is written. Errors: {@link OutdatedScanError}.
 */
export function registerFile(
  file: { name: string; identity: string },
  options: { knownCount: number; now: Date; lastError?: string },
): Promise<FileSource> {
  return inTransaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${REGISTER_LOCK}::bigint)::text`;
    if ((await tx.telemetrySource.count({ where: { kind: 'file' } })) !== options.knownCount)
      throw new OutdatedScanError('another collector registered a file');
    const row = await tx.telemetrySource.create({
      data: {
        kind: 'file',
        name: file.name,
        identity: file.identity,
        firstSeenAt: options.now,
        lastError: options.lastError ?? null,
      },
    });
    return fromRow(row);
  });
}

/**
 * Passes over a range whose lines were counted where they were first read: a batch without events of its own.
 * Errors: {@link OutdatedScanError} when another collector has read on in this file.
 */
export function passOver(
  source: FileSource,
  range: { endOffset: number; lineCount: number; sha256: string },
  now: Date,
): Promise<FileSource> {
  return inTransaction(async (tx) => {
    const lineCount = source.lineCount + range.lineCount;
    const { count } = await tx.telemetrySource.updateMany({
      where: { id: source.id, offsetBytes: source.offsetBytes },
      data: { offsetBytes: range.endOffset, lineCount, lastError: null, state: 'active' },
    });
    if (count === 0) throw new OutdatedScanError('another collector counted this range');
    await tx.telemetryBatch.create({
      data: {
        ...range,
        sourceId: source.id,
        startOffset: source.offsetBytes,
        firstLine: source.lineCount + 1,
        state: 'counted',
        receivedAt: now,
        countedAt: now,
      },
    });
    return { ...source, offsetBytes: range.endOffset, lineCount, lastError: null, state: 'active' };
  });
}

/** The files that begin with lines counted elsewhere: copies, which may still be growing after their originals. */
export async function loadCopyIds(): Promise<Set<string>> {
  const rows = await database().telemetryBatch.findMany({
    where: {
      startOffset: 0,
      eventCount: 0,
      quarantinedCount: 0,
      lineCount: { gt: 0 },
      source: { kind: 'file' },
    },
    select: { sourceId: true },
  });
  return new Set(rows.map((row) => row.sourceId));
}

/**
 * The same content under a new name or inode: the file is known under that from now on, at the same offset.
 * Errors: {@link OutdatedScanError} when it has moved on meanwhile.
 */
export async function moveFile(
  source: FileSource,
  to: { name: string; identity: string },
): Promise<FileSource> {
  const { count } = await database().telemetrySource.updateMany({
    where: { id: source.id, identity: source.identity, offsetBytes: source.offsetBytes },
    data: { ...to, state: 'active', lastError: null },
  });
  if (count === 0) throw new OutdatedScanError('another collector moved this file');
  return { ...source, ...to, state: 'active', lastError: null };
}

/** Remembers whose telemetry a file holds: without it, they are not seen. In the transaction of its batch. */
export async function recordFeeds(
  tx: Transaction,
  sourceId: string,
  series: readonly WindowSeries[],
): Promise<void> {
  const judged = series.filter(({ tagSet }) => tagSet === '');
  const feeds = [...new Set(judged.map(({ rolloutId, phase }) => `${rolloutId}/${phase}`))];
  if (feeds.length === 0) return;
  await tx.$executeRaw`
    UPDATE telemetry_source SET feeds = ARRAY(SELECT DISTINCT f FROM unnest(feeds || ${feeds}::text[]) AS f ORDER BY f)
    WHERE id = ${sourceId}::uuid AND NOT feeds @> ${feeds}::text[]`;
}

/** The file was not found under any name. */
export async function markGone(sourceId: string): Promise<void> {
  await database().telemetrySource.updateMany({
    where: { id: sourceId, state: 'active' },
    data: { state: 'gone' },
  });
}

/** A source of one per API key or internal part, made at its first use: the id follows from what it is. */
export async function ensureSource(
  tx: Transaction,
  source: { kind: 'http' | 'internal'; identity: string; name: string },
): Promise<string> {
  const hex = createHash('sha256').update(`${source.kind}\0${source.identity}`).digest('hex');
  // A version 8 UUID: made by a rule of ours (RFC 9562).
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  await tx.$executeRaw`
    INSERT INTO telemetry_source (id, kind, name, identity)
    VALUES (${id}::uuid, ${source.kind}, ${source.name}, ${source.identity})
    ON CONFLICT (id) DO NOTHING`;
  return id;
}
