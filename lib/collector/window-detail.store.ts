import { z } from 'zod';
import { database } from '#lib/database/server.ts';
import type { WindowBatch, WindowCount } from './window-detail.schema.ts';

const DimsSchema = z.record(z.string(), z.union([z.string(), z.boolean()]));

type CountRow = { phase: string; event: string; tagSet: string; dims: string; count: number };

/** What was counted of a rollout in one window, the most frequent first. Errors: the database's. */
export async function windowCounts(rolloutId: string, windowStart: Date): Promise<WindowCount[]> {
  const rows = await database().$queryRaw<CountRow[]>`
    SELECT phase, event, tag_set AS "tagSet", dims, count::float8 AS count
    FROM telemetry_window
    WHERE rollout_id = ${rolloutId} AND window_start = ${windowStart} AND field = ''
    ORDER BY phase, tag_set, event, count DESC, dims`;
  return rows.map(({ dims, ...row }) => ({ ...row, dims: DimsSchema.parse(JSON.parse(dims)) }));
}

/**
 * The batches whose events lie wholly or partly in [from, to), the newest received first, at most `limit`. They may hold
 * events of other rollouts only: that is known when they are read. Errors: the database's.
 */
export async function batchesWithin(span: { from: Date; to: Date; limit: number }): Promise<WindowBatch[]> {
  // `to` is not part of the window, and moments are told apart to the millisecond.
  const last = new Date(span.to.getTime() - 1);
  const found = await database().$queryRaw<{ id: string }[]>`
    SELECT id::text AS id FROM telemetry_batch
    WHERE min_ts IS NOT NULL
      AND tstzrange(LEAST(min_ts, max_ts), GREATEST(min_ts, max_ts), '[]')
          && tstzrange(${span.from}::timestamptz, ${last}::timestamptz, '[]')
    ORDER BY received_at DESC, id LIMIT ${span.limit}`;
  const rows = await database().telemetryBatch.findMany({
    where: { id: { in: found.map(({ id }) => id) } },
    orderBy: [{ receivedAt: 'desc' }, { id: 'asc' }],
    include: { source: { select: { kind: true, name: true } } },
  });
  return rows.map((row) => ({
    id: row.id,
    sourceKind: z.enum(['file', 'http', 'internal']).parse(row.source.kind),
    sourceName: row.source.name,
    state: row.state === 'counted' ? 'counted' : 'received',
    startOffset: Number(row.startOffset),
    endOffset: Number(row.endOffset),
    firstLine: Number(row.firstLine),
    lineCount: Number(row.lineCount),
    eventCount: Number(row.eventCount),
    excludedCount: Number(row.excludedCount),
    lateCount: Number(row.lateCount),
    quarantinedCount: Number(row.quarantinedCount),
    sha256: row.sha256,
    receivedAt: row.receivedAt.toISOString(),
    countedAt: row.countedAt?.toISOString() ?? null,
    minTs: (row.minTs ?? row.receivedAt).toISOString(),
    maxTs: (row.maxTs ?? row.receivedAt).toISOString(),
  }));
}

/** The stored body of an HTTP batch, packed, or null when it is no longer kept. `packedBytes` is at most `limit`, else too large. */
export async function batchPayload(
  batchId: string,
  limit: number,
): Promise<{ bodyGzip: Uint8Array } | 'too_large' | null> {
  const [size] = await database().$queryRaw<{ bytes: number }[]>`
    SELECT octet_length(body_gzip) AS bytes FROM telemetry_batch_payload WHERE batch_id = ${batchId}::uuid`;
  if (!size) return null;
  if (size.bytes > limit) return 'too_large';
  return await database().telemetryBatchPayload.findUnique({
    where: { batchId },
    select: { bodyGzip: true },
  });
}

/** Which file a batch was read from: device and inode. */
export async function fileOfBatch(batchId: string): Promise<{ name: string; identity: string } | null> {
  const row = await database().telemetryBatch.findUnique({
    where: { id: batchId },
    select: { source: { select: { name: true, identity: true } } },
  });
  return row?.source ?? null;
}
