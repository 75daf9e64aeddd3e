import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { env } from '#lib/config/server.ts';
import type { EventRules } from '#lib/telemetry/index.ts';
import { type Content, fileFacts, openContent, UnreadableFileError } from './content.run.ts';
import { ContentHash } from './count/index.ts';
import { judgeLine } from './count/judge-line.ts';
import { findSiblings } from './find-files.run.ts';
import { withSpool } from './spool.run.ts';
import type { BatchRead, WindowBatch, WindowEvents } from './window-detail.schema.ts';
import { batchesWithin, batchPayload, fileOfBatch } from './window-detail.store.ts';
import { isOfAnotherTime, mergeFinds, type Sought, type Tallied, windowTally } from './window-tally.ts';

/** A look into a window is a look, not a collection: it ends here. */
const LIMIT_BYTES = 48 * 1024 * 1024;
const LIMIT_SECONDS = 4;
const LIMIT_BATCHES = 60;
/** Packed content must be unpacked from its beginning. */
const LIMIT_PACKED_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

const unpack = promisify(gunzip);
const decoder = new TextDecoder();

type Reading = {
  rules: EventRules;
  sought: Sought;
  spoolDirectory: string;
  bytesLeft: () => number;
  timeIsUp: () => boolean;
  took: (bytes: number) => void;
};
type Unread = NonNullable<BatchRead['reason']>;
type Looked = { read: BatchRead; found: Tallied };
const NOTHING: Tallied = { slowest: [], failing: [], failingCount: 0 };

/**
 * Reads again, from the stored bodies and the source files, what a rollout's window was counted from, and keeps its slowest
 * and failing events. Bounded in bytes, batches and time; what could not be read is said batch by batch. A file counts only
 * while it is the same file with the same content (COL-2). Changes nothing. Errors: the database's.
 */
export async function readWindowEvents(
  sought: Omit<Sought, 'fromMs' | 'toMs'> & { from: Date; to: Date; rules: EventRules },
  limits: { bytes: number; seconds: number } = { bytes: LIMIT_BYTES, seconds: LIMIT_SECONDS },
): Promise<WindowEvents> {
  const { from, to, rules } = sought;
  const begun = performance.now();
  let read = 0;
  const batches = await batchesWithin({ from, to, limit: LIMIT_BATCHES + 1 });
  const looked = await withSpool(async (spoolDirectory) => {
    const reading: Reading = {
      rules,
      sought: { ...sought, fromMs: from.getTime(), toMs: to.getTime() },
      spoolDirectory,
      bytesLeft: () => limits.bytes - read,
      timeIsUp: () => performance.now() - begun > limits.seconds * 1000,
      took: (bytes) => {
        read += bytes;
      },
    };
    const done: Looked[] = [];
    for (const batch of batches.slice(0, LIMIT_BATCHES)) done.push(await readBatch(batch, reading));
    return done;
  });
  return {
    windowStart: from.toISOString(),
    ...mergeFinds(looked.map(({ found }) => found)),
    reads: looked.map(({ read: each }) => each),
    batchesLeftOut: batches.length > LIMIT_BATCHES,
    limitBytes: limits.bytes,
    limitSeconds: limits.seconds,
  };
}

async function readBatch(batch: WindowBatch, reading: Reading): Promise<Looked> {
  const byteCount = batch.endOffset - batch.startOffset;
  const not = (reason: Unread): Looked => ({
    read: { batchId: batch.id, outcome: 'not_read', reason, readBytes: 0, byteCount, events: 0 },
    found: NOTHING,
  });
  if (batch.sourceKind === 'internal') return not('internal');
  if (reading.bytesLeft() <= 0) return not('byte_limit');
  if (reading.timeIsUp()) return not('time_limit');
  if (batch.sourceKind === 'http') {
    const body = await contentOfBody(batch);
    return typeof body === 'string' ? not(body) : await readLines(batch, body, 0, reading);
  }
  const content = await contentOfFile(batch, reading.spoolDirectory);
  if (typeof content === 'string') return not(content);
  try {
    if (content.sizeBytes < batch.endOffset) return not('file_changed');
    return await readLines(batch, content, batch.startOffset, reading);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return not('unreadable');
  } finally {
    await content.close();
  }
}

type Readable = Pick<Content, 'read'>;

async function contentOfBody(batch: WindowBatch): Promise<Readable | Unread> {
  const payload = await batchPayload(batch.id, LIMIT_PACKED_BYTES);
  if (payload === null) return 'payload_gone';
  if (payload === 'too_large') return 'too_large';
  const body = await unpack(payload.bodyGzip);
  return { read: async (at, length) => body.subarray(at, at + length) };
}

async function contentOfFile(batch: WindowBatch, spoolDirectory: string): Promise<Content | Unread> {
  const source = await fileOfBatch(batch.id);
  const found = source && (await pathOf(source.name, source.identity));
  if (!found) return 'file_gone';
  if (found.path.endsWith('.gz') && found.sizeBytes > LIMIT_PACKED_BYTES) return 'too_large';
  try {
    return await openContent(found.path, spoolDirectory);
  } catch (error) {
    if (error instanceof UnreadableFileError) return 'unreadable';
    throw error;
  }
}

/** Where the file is now: under its name, or under another one beside it. */
async function pathOf(name: string, identity: string): Promise<{ path: string; sizeBytes: number } | null> {
  const roots = env().telemetryRoots;
  for (const root of roots) {
    const facts = await fileFacts(`${root}/${name}`).catch((error: unknown) => {
      if (error instanceof UnreadableFileError) return null; // not here, or not for us
      throw error;
    });
    if (facts?.identity === identity) return facts;
  }
  const [sibling] = await findSiblings(roots, name, identity, new Set());
  return sibling?.facts?.identity === identity ? sibling.facts : null;
}

/** Reads the lines of a batch that begin at `start` of `content`; what turns out to be another content counts for nothing. */
async function readLines(
  batch: WindowBatch,
  content: Readable,
  start: number,
  reading: Reading,
): Promise<Looked> {
  const byteCount = batch.endOffset - batch.startOffset;
  const allowed = Math.min(byteCount, reading.bytesLeft());
  const judgedAt = Date.parse(batch.countedAt ?? batch.receivedAt);
  const hash = new ContentHash();
  // Of its own, so that nothing stays of a content that turns out to be another.
  const tally = windowTally(reading.sought);
  let events = 0;
  let at = 0;
  let lineNumber = batch.firstLine;
  let rest: Buffer = Buffer.alloc(0);
  const { fromMs, toMs } = reading.sought;
  const judge = (line: Buffer) => {
    const place = { batchId: batch.id, sourceName: batch.sourceName, lineNumber };
    lineNumber += 1;
    if (isOfAnotherTime(line, fromMs, toMs)) return;
    const event = judgeLine(reading.rules, line, judgedAt);
    if (event?.accepted && tally.add(event, place, () => decoder.decode(line))) events += 1;
  };
  while (at < allowed && !reading.timeIsUp()) {
    const chunk = await content.read(start + at, Math.min(CHUNK_BYTES, allowed - at));
    if (chunk.length === 0) break;
    hash.update(chunk);
    at += chunk.length;
    reading.took(chunk.length);
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      const line = bytes.subarray(from, end);
      from = end + 1;
      judge(line);
    }
    rest = Buffer.from(bytes.subarray(from));
    await nextTurn(); // others wait for this process, too
  }
  const whole = at === byteCount;
  // A body may end without a newline.
  if (whole && rest.length > 0) judge(rest);
  const base = { batchId: batch.id, readBytes: at, byteCount };
  if (whole && !sameContent(batch, hash))
    return { read: { ...base, outcome: 'not_read', reason: 'file_changed', events: 0 }, found: NOTHING };
  const reason = whole ? null : reading.timeIsUp() ? 'time_limit' : 'byte_limit';
  return { read: { ...base, outcome: whole ? 'whole' : 'part', reason, events }, found: tally.result() };
}

function sameContent(batch: WindowBatch, hash: ContentHash): boolean {
  // The hash of a body is of all of it at once: it comes from our own database and needs no second look.
  return batch.sourceKind === 'http' || hash.hex() === batch.sha256;
}
