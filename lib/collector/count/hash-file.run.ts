import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { CountAnswer, HashJob } from './count-job.ts';

const PIECE_BYTES = 256 * 1024;

/** Hashes a range of a file; blocks its thread, so it belongs into a worker. Errors: the file system's; a file cut short. */
export function hashFile({ path, from, to }: HashJob): CountAnswer {
  const descriptor = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    for (let at = from; at < to; ) {
      const read = readSync(descriptor, buffer, 0, Math.min(PIECE_BYTES, to - at), at);
      if (read === 0) throw new Error('the file was cut short while it was hashed');
      hash.update(buffer.subarray(0, read));
      at += read;
    }
    return { kind: 'hashed', sha256: hash.digest('hex') };
  } finally {
    closeSync(descriptor);
  }
}
