const INITIAL_TABLE = 64;

/**
 * Small numbers for short ASCII texts, looked up by their bytes without making a string.
 * The caller computes the hash while it scans: h = h × 31 + byte (32 bit), from 0.
 */
export class ByteInterner {
  readonly texts: string[] = [];
  #bytes: Uint8Array[] = [];
  #hashes: number[] = [];
  #table = new Int32Array(INITIAL_TABLE).fill(-1);

  constructor(texts: Iterable<string> = []) {
    for (const text of texts) {
      const bytes = new TextEncoder().encode(text);
      if (this.find(bytes, 0, bytes.length, hashBytes(bytes)) < 0) this.#insert(bytes, text);
    }
  }

  /** The number of bytes[start, end), or -1 where it is not known. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let at = hash & mask;
    for (;;) {
      const id = table[at] ?? -1;
      if (id < 0) return -1;
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id;
      at = (at + 1) & mask;
    }
  }

  /** The number of bytes[start, end), which are ASCII; a new one where it was not known. */
  findOrAdd(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const id = this.find(bytes, start, end, hash);
    if (id >= 0) return id;
    const copy = new Uint8Array(bytes.subarray(start, end)); // `slice` of a Buffer would share its memory
    return this.#insert(copy, String.fromCharCode(...copy));
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.#bytes[id];
    if (known === undefined || known.length !== end - start) return false;
    for (let i = 0; i < known.length; i += 1) if (known[i] !== bytes[start + i]) return false;
    return true;
  }

  #insert(bytes: Uint8Array, text: string): number {
    const id = this.texts.length;
    this.texts.push(text);
    this.#bytes.push(bytes);
    this.#hashes.push(hashBytes(bytes));
    if ((id + 1) * 2 > this.#table.length) this.#rebuild(this.#table.length * 2);
    else this.#place(id);
    return id;
  }

  #place(id: number): void {
    const mask = this.#table.length - 1;
    let at = (this.#hashes[id] ?? 0) & mask;
    while ((this.#table[at] ?? -1) >= 0) at = (at + 1) & mask;
    this.#table[at] = id;
  }

  #rebuild(size: number): void {
    this.#table = new Int32Array(size).fill(-1);
    for (let id = 0; id < this.texts.length; id += 1) this.#place(id);
  }
}

function hashBytes(bytes: Uint8Array): number {
  let hash = 0;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return hash;
}
