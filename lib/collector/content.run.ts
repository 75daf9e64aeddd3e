import { constants, createWriteStream, existsSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { CountedRange } from './batch-identity.ts';
import { ContentHash } from './count/index.ts';
import { type ReadFailure, readFailure } from './read-failures.ts';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/** Which file this is, whatever its name: device and inode. */
export type FileFacts = { path: string; identity: string; stamp: string; sizeBytes: number };

/** A file that cannot be read now; the message is shown to people, so it carries no machine detail. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
  readonly failure: ReadFailure;
  /** `code`: of the table of read failures. */
  constructor(code: string, options: { cause?: unknown } = {}) {
    const failure = readFailure(code);
    super(failure.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.failure = failure;
  }
}

/**
 * The decompressed content of one file as it stood when it was opened. A plain file is read through one descriptor,
 * so that a rename or replacement meanwhile changes nothing; gzip is unpacked beside it first.
 */
export type Content = {
  facts: FileFacts;
  sizeBytes: number;
  /** A path under which another reader in this process sees the same bytes. */
  readablePath: string;
  /** Whether the bytes can change under the reader (a plain file) or not (unpacked). */
  live: boolean;
  read: (startOffset: number, length: number) => Promise<Buffer>;
  /** False when the file has shrunk since: it was truncated while it was read. */
  stillHolds: (endOffset: number) => Promise<boolean>;
  /** True only when nothing at all was written to the file since it was opened. */
  untouched: () => Promise<boolean>;
  close: () => Promise<void>;
};

/** Facts of a path, following links. Errors: {@link UnreadableFileError}. */
export async function fileFacts(path: string): Promise<FileFacts> {
  try {
    const s = await stat(path, { bigint: true });
    if (!s.isFile()) throw new UnreadableFileError('NOT_A_FILE');
    return factsOf(path, s);
  } catch (error) {
    throw asUnreadable(error);
  }
}

type BigStat = Awaited<ReturnType<typeof bigStat>>;
const bigStat = (handle: FileHandle) => handle.stat({ bigint: true });

function factsOf(path: string, s: Pick<BigStat, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>): FileFacts {
  return {
    path,
    identity: `${s.dev}:${s.ino}`,
    stamp: `${s.dev}:${s.ino}:${s.size}:${s.mtimeNs}:${s.ctimeNs}`,
    sizeBytes: Number(s.size),
  };
}

/**
 * Opens a file for counting. Errors: {@link UnreadableFileError} — not allowed, vanished, or a gzip that is cut short
 * or damaged, of which nothing is trusted until it is whole (COL-1).
 */
export async function openContent(path: string, spoolDirectory: string): Promise<Content> {
  let handle: FileHandle;
  try {
    // Non-blocking, so that a pipe named like a file cannot stop the collection.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw asUnreadable(error);
  }
  try {
    const opened = await bigStat(handle);
    if (!opened.isFile()) throw new UnreadableFileError('NOT_A_FILE');
    const facts = factsOf(path, opened);
    const head = Buffer.alloc(2);
    await handle.read(head, 0, 2, 0);
    if (head[0] === 0x1f && head[1] === 0x8b) return await unpack(handle, facts, spoolDirectory);
    if (path.endsWith('.gz') && facts.sizeBytes > 0) throw new UnreadableFileError('NOT_GZIP');
    return plainContent(handle, facts);
  } catch (error) {
    await handle.close();
    throw asUnreadable(error);
  }
}

function plainContent(handle: FileHandle, facts: FileFacts): Content {
  const throughDescriptor = `/proc/self/fd/${handle.fd}`;
  return {
    facts,
    sizeBytes: facts.sizeBytes,
    readablePath: existsSync(throughDescriptor) ? throughDescriptor : facts.path,
    live: true,
    read: (startOffset, length) => readFully(handle, startOffset, length),
    stillHolds: async (endOffset) => Number((await bigStat(handle)).size) >= endOffset,
    untouched: async () => factsOf(facts.path, await bigStat(handle)).stamp === facts.stamp,
    close: () => handle.close(),
  };
}

async function unpack(handle: FileHandle, facts: FileFacts, spoolDirectory: string): Promise<Content> {
  const directory = await mkdtemp(join(spoolDirectory, 'unpack-'));
  const spool = join(directory, 'content.jsonl');
  try {
    await pipeline(
      handle.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES }),
      createGunzip({ chunkSize: CHUNK_BYTES }),
      createWriteStream(spool, { highWaterMark: CHUNK_BYTES }),
    );
    const unchanged = factsOf(facts.path, await bigStat(handle)).stamp === facts.stamp;
    if (!unchanged) throw new UnreadableFileError('CHANGED');
    await handle.close();
    const unpacked = await open(spool, 'r');
    const { size } = await unpacked.stat();
    return {
      facts,
      sizeBytes: size,
      readablePath: spool,
      live: false,
      read: (startOffset, length) => readFully(unpacked, startOffset, length),
      stillHolds: async () => true,
      untouched: async () => true,
      close: async () => {
        await unpacked.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function readFully(handle: FileHandle, startOffset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, startOffset + filled);
    if (bytesRead === 0) throw new UnreadableFileError('TRUNCATED');
    filled += bytesRead;
  }
  return buffer;
}

/** Just past the last newline in [from, to), or null where the range holds no whole line. */
export async function endOfLastLine(content: Content, from: number, to: number): Promise<number | null> {
  for (let end = to; end > from; end -= CHUNK_BYTES) {
    const start = Math.max(from, end - CHUNK_BYTES);
    const index = (await content.read(start, end - start)).lastIndexOf(NEWLINE);
    if (index >= 0) return start + index + 1;
  }
  return null;
}

/** Just past the first newline in [from, to), or null. */
export async function endOfFirstLine(content: Content, from: number, to: number): Promise<number | null> {
  for (let start = from; start < to; start += CHUNK_BYTES) {
    const index = (await content.read(start, Math.min(CHUNK_BYTES, to - start))).indexOf(NEWLINE);
    if (index >= 0) return start + index + 1;
  }
  return null;
}

/** The content hash of [from, to), in hexadecimal. */
export async function hashRange(content: Content, from: number, to: number): Promise<string> {
  const hash = new ContentHash();
  for (let start = from; start < to; start += CHUNK_BYTES)
    hash.update(await content.read(start, Math.min(CHUNK_BYTES, to - start)));
  return hash.hex();
}

/** The hashes a content has now for counted ranges, as far as it reaches; stops at the first that differs. */
export async function currentHashes(
  content: Content,
  ranges: readonly CountedRange[],
): Promise<Map<number, string>> {
  const hashes = new Map<number, string>();
  for (const range of ranges.toSorted((a, b) => a.startOffset - b.startOffset)) {
    if (range.endOffset > content.sizeBytes) break;
    const hash = await hashRange(content, range.startOffset, range.endOffset);
    hashes.set(range.endOffset, hash);
    if (hash !== range.sha256) break;
  }
  return hashes;
}

/** The content hash of [0, end) for each of `ends`, in one pass. */
export async function prefixHashes(content: Content, ends: readonly number[]): Promise<Map<number, string>> {
  const hashes = new Map<number, string>();
  const hash = new ContentHash();
  let at = 0;
  for (const end of [...new Set(ends)].sort((a, b) => a - b)) {
    if (end > content.sizeBytes) break;
    while (at < end) {
      const chunk = await content.read(at, Math.min(CHUNK_BYTES, end - at));
      hash.update(chunk);
      at += chunk.length;
    }
    hashes.set(end, hash.hex());
  }
  return hashes;
}

/** How many bytes two contents have in common from their beginning, up to `limit`. */
export async function commonPrefix(a: Content, b: Content, limit: number): Promise<number> {
  const end = Math.min(a.sizeBytes, b.sizeBytes, limit);
  for (let at = 0; at < end; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, end - at);
    const [x, y] = await Promise.all([a.read(at, length), b.read(at, length)]);
    if (!x.equals(y)) return at + x.findIndex((byte, index) => byte !== y[index]);
  }
  return end;
}

/** How many lines end in [from, to). */
export async function countNewlines(content: Content, from: number, to: number): Promise<number> {
  let lines = 0;
  for (let at = from; at < to; at += CHUNK_BYTES)
    for (const byte of await content.read(at, Math.min(CHUNK_BYTES, to - at)))
      if (byte === NEWLINE) lines += 1;
  return lines;
}

function asUnreadable(error: unknown): UnreadableFileError {
  if (error instanceof UnreadableFileError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new UnreadableFileError(code, { cause: error });
}
