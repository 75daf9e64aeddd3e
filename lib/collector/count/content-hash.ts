import { createHash, type Hash, hash } from 'node:crypto';

/** The unit that counting threads read, count and hash: small enough for a processor core to keep. */
export const BLOCK_BYTES = 512 * 1024;

/** SHA-256 of one block, in hexadecimal. */
export const hashBlock = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/**
 * The hash of a content from those of its blocks, in order: SHA-256 over their SHA-256 digests, or the digest itself where
 * there is but one. So every thread hashes the very bytes it counts, and nobody reads a file twice.
 */
export function hashOfBlocks(blocks: readonly string[]): string {
  const [first] = blocks;
  if (first !== undefined && blocks.length === 1) return first;
  const whole = createHash('sha256');
  for (const block of blocks) whole.update(block, 'hex');
  return whole.digest('hex');
}

/** The same hash for a content that arrives in parts of any size; it can be asked for at any point. */
export class ContentHash {
  readonly #blocks: string[] = [];
  #block: Hash = createHash('sha256');
  #filledBytes = 0;

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#filledBytes === BLOCK_BYTES) {
        this.#blocks.push(this.#block.digest('hex'));
        this.#block = createHash('sha256');
        this.#filledBytes = 0;
      }
      const part = bytes.subarray(at, at + BLOCK_BYTES - this.#filledBytes);
      this.#block.update(part);
      this.#filledBytes += part.length;
      at += part.length;
    }
  }

  /** Of everything so far, in hexadecimal. */
  hex(): string {
    return hashOfBlocks([...this.#blocks, this.#block.copy().digest('hex')]);
  }
}

/** The hash of a content that is in memory. */
export function contentHash(bytes: Uint8Array): string {
  const whole = new ContentHash();
  whole.update(bytes);
  return whole.hex();
}
