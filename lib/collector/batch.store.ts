import { codesOf, inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { BatchCount, QuarantinedLine, WindowSeries } from '#lib/telemetry/index.ts';
import { type FileSource, recordFeeds } from './source.store.ts';

const ROWS_PER_STATEMENT = 2000;
/** Merging a batch of many days is one transaction however long it takes on a slow disk. */
const STORE_TIMEOUT_MS = 300_000;

/**
 * Two transactions met each other's rows in another order and the database ended one of them, or one has waited its time for
 * what another stores: it may try again.
 */
const CONTENTION = new Set(['40P01', '40001', 'P2034', '55P03']);

type CountedBatch = { sha256: string; startOffset: number; endOffset: number; count: BatchCount };

/**
 * Stores one counted run of a file: batch, windows, quarantine and offset in ONE transaction (COL-2).
 * Returns the source as it stands after, or null when another collector was faster; then nothing was changed.
 */
export function storeFileBatch(
  source: FileSource,
  batch: CountedBatch,
  context: { policy: Policy; now: Date },
): Promise<FileSource | null> {
  return storing(async (tx) => {
    const { lineCount } = batch.count;
    const { count } = await tx.telemetrySource.updateMany({
      where: { id: source.id, offsetBytes: source.offsetBytes },
      data: {
        offsetBytes: batch.endOffset,
        lineCount: source.lineCount + lineCount,
        lastReadAt: context.now,
        lastError: null,
        state: 'active',
      },
    });
    if (count === 0) return null;
    await recordFeeds(tx, source.id, batch.count.series);
    await insertCountedBatch(
      tx,
      { ...batch, sourceId: source.id, firstLine: source.lineCount + 1 },
      source.name,
      context,
    );
    return {
      ...source,
      offsetBytes: batch.endOffset,
      lineCount: source.lineCount + lineCount,
      lastError: null,
      state: 'active',
    };
  });
}

/** Runs `work` in one transaction; contention with another collector is retried, because nothing was written. */
export async function storing<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(work, { timeoutMs: STORE_TIMEOUT_MS });
    } catch (error) {
      if (attempt >= 5 || !codesOf(error).some((code) => CONTENTION.has(code))) throw error;
    }
  }
}

/** A batch that is counted as it is stored. Returns its id. */
export async function insertCountedBatch(
  tx: Transaction,
  batch: CountedBatch & { sourceId: string; firstLine: number; idempotencyKey?: string },
  sourceName: string,
  context: { policy: Policy; now: Date },
): Promise<string> {
  const { id } = await tx.telemetryBatch.create({
    data: {
      sourceId: batch.sourceId,
      startOffset: batch.startOffset,
      endOffset: batch.endOffset,
      firstLine: batch.firstLine,
      sha256: batch.sha256,
      idempotencyKey: batch.idempotencyKey ?? null,
      state: 'counted',
      receivedAt: context.now,
      ...countsOf(batch.count, context.now),
    },
    select: { id: true },
  });
  await addCounts(tx, id, sourceName, batch.count, context);
  return id;
}

/** The columns of a batch that its counting fills. */
export function countsOf(count: BatchCount, now: Date) {
  return {
    lineCount: count.lineCount,
    eventCount: count.eventCount,
    excludedCount: count.excludedCount,
    quarantinedCount: count.quarantinedCount,
    minTs: count.minTs,
    maxTs: count.maxTs,
    countedAt: now,
  };
}

/** Adds what a batch counted: windows, quarantine, how much of it came too late to be judged (COL-6), live notices. */
export async function addCounts(
  tx: Transaction,
  batchId: string,
  sourceName: string,
  count: BatchCount,
  { policy, now }: { policy: Policy; now: Date },
): Promise<void> {
  for (const lines of chunks(count.quarantine)) await insertQuarantine(tx, batchId, sourceName, lines, now);
  const late = await countLate(tx, count.series, policy, now);
  if (late > 0) await tx.telemetryBatch.update({ where: { id: batchId }, data: { lateCount: late } });
  await publishLive(tx, { topic: 'telemetry' });
  if (count.quarantine.length > 0) await publishLive(tx, { topic: 'quarantine' });
  // Last, because other batches of the same windows wait from here on.
  for (const series of chunks(inOneOrder(count.series))) await mergeSeries(tx, series);
}

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) yield rows.slice(at, at + ROWS_PER_STATEMENT);
}

const keyOf = (s: WindowSeries): string =>
  [s.rolloutId, s.phase, s.windowStart, s.event, s.tagSet, s.dims, s.field].join('\u0001');

/** One order for everyone who locks window rows, so that two batches wait for each other and never in a circle. */
function inOneOrder(series: readonly WindowSeries[]): WindowSeries[] {
  return series
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}

/** The database reads an array much faster from its own notation than from JSON. */
const arrayOf = (numbers: readonly number[]): string => `{${numbers.join(',')}}`;

async function mergeSeries(tx: Transaction, series: readonly WindowSeries[]): Promise<void> {
  const rows = JSON.stringify(
    series.map((s, position) => ({
      position,
      rollout_id: s.rolloutId,
      phase: s.phase,
      window_start: s.windowStart,
      event: s.event,
      tag_set: s.tagSet,
      dims: s.dims,
      field: s.field,
      count: s.count,
      sum: s.sum,
      min: s.min,
      max: s.max,
      zero_count: s.histogram.zeroCount,
      bucket_index: arrayOf(s.histogram.index),
      bucket_count: arrayOf(s.histogram.count),
      line_value: arrayOf(s.lines.map((line) => line.line)),
      line_past: arrayOf(s.lines.map((line) => line.past)),
    })),
  );
  await tx.$executeRaw`
    INSERT INTO telemetry_window AS w
      (rollout_id, phase, window_start, event, tag_set, dims, field, count, sum, min, max, zero_count,
       bucket_index, bucket_count, line_value, line_past, updated_at)
    SELECT rollout_id, phase, window_start, event, tag_set, dims, field, count, sum, min, max, zero_count,
           bucket_index::int[], bucket_count::bigint[], line_value::float8[], line_past::bigint[], clock_timestamp()
    FROM json_to_recordset(${rows}::json) AS s(
      position int, rollout_id text, phase text, window_start timestamptz, event text, tag_set text, dims text,
      field text, count bigint, sum float8, min float8, max float8, zero_count bigint, bucket_index text,
      bucket_count text, line_value text, line_past text)
    ORDER BY position
    ON CONFLICT (rollout_id, phase, window_start, event, tag_set, dims, field) DO UPDATE SET
      count = w.count + EXCLUDED.count,
      sum = w.sum + EXCLUDED.sum,
      min = LEAST(w.min, EXCLUDED.min),
      max = GREATEST(w.max, EXCLUDED.max),
      zero_count = w.zero_count + EXCLUDED.zero_count,
      (bucket_index, bucket_count) = (
        SELECT m.merged_index, m.merged_count
        FROM phasegate_merge_index(w.bucket_index, w.bucket_count, EXCLUDED.bucket_index, EXCLUDED.bucket_count) AS m),
      (line_value, line_past) = (
        SELECT m.merged_value, m.merged_past
        FROM phasegate_merge_lines(w.line_value, w.line_past, EXCLUDED.line_value, EXCLUDED.line_past) AS m),
      updated_at = clock_timestamp()`;
}

/** PostgreSQL text holds neither NUL nor half a character; a person sees where they were. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\u2400');

async function insertQuarantine(
  tx: Transaction,
  batchId: string,
  sourceName: string,
  lines: readonly QuarantinedLine[],
  now: Date,
): Promise<void> {
  await tx.telemetryQuarantine.createMany({
    data: lines.map((line) => ({
      batchId,
      sourceName,
      lineNumber: line.lineNumber,
      byteOffset: line.byteOffset,
      byteLength: line.byteLength,
      reason: line.reason,
      field: line.field === null ? null : storable(line.field),
      message: storable(line.message),
      raw: storable(line.raw),
      rawTruncated: line.rawTruncated,
      createdAt: now,
    })),
  });
}

/**
 * Events of windows that were collected long enough ago to be judged for good: recorded, never judged again (COL-6).
 * A window older than the oldest cycle is one of them; before the first cycle nothing is late.
 */
async function countLate(
  tx: Transaction,
  series: readonly WindowSeries[],
  policy: Policy,
  now: Date,
): Promise<number> {
  const horizon = now.getTime() - (policy.cycle.latenessSeconds + policy.cycle.windowSeconds) * 1000;
  const old = new Map<string, number>();
  for (const s of series)
    if (s.field === '' && Date.parse(s.windowStart) < horizon)
      old.set(s.windowStart, (old.get(s.windowStart) ?? 0) + s.count);
  if (old.size === 0) return 0;
  const starts = [...old.keys()].map((start) => new Date(start));
  if ((await tx.cycle.findFirst({ select: { windowStart: true } })) === null) return 0;
  const undecided = await tx.cycle.findMany({
    where: { windowStart: { in: starts }, state: 'due' },
    select: { windowStart: true },
  });
  const open = new Set(undecided.map((cycle) => cycle.windowStart.getTime()));
  return [...old].reduce((sum, [start, n]) => (open.has(Date.parse(start)) ? sum : sum + n), 0);
}
