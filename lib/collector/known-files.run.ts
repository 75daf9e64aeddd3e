import type { FileFacts } from './content.run.ts';
import type { FoundFile } from './find-files.run.ts';
import { settledAt, unsettle } from './settled-files.ts';
import {
  type FileSource,
  loadCopyIds,
  loadFileSource,
  loadFileSources,
  markGone,
  registerFile,
} from './source.store.ts';

/** A file that was found and may be looked into. */
export type Readable = FoundFile & { facts: FileFacts };

/** The name and inode under which a file is known from now on. */
export const nameOf = (file: Readable): { name: string; identity: string } => ({
  name: file.name,
  identity: file.facts.identity,
});

/** The file sources on record as one scan knows them, and where each of them was found in it. */
export class KnownFiles {
  readonly #known = new Map<string, FileSource>();
  readonly #places = new Map<string, FoundFile>();
  readonly #copies: ReadonlySet<string>;
  readonly #now: Date;

  private constructor(sources: readonly FileSource[], copies: ReadonlySet<string>, now: Date) {
    for (const source of sources) this.#known.set(source.id, source);
    this.#copies = copies;
    this.#now = now;
  }

  static async load(now: Date): Promise<KnownFiles> {
    return new KnownFiles(await loadFileSources(), await loadCopyIds(), now);
  }

  all(): IterableIterator<FileSource> {
    return this.#known.values();
  }

  source(id: string): FileSource | undefined {
    return this.#known.get(id);
  }

  /** Where a source lies that was found in this scan. */
  placeOf(id: string): FoundFile | undefined {
    return this.#places.get(id);
  }

  /** Ids of the sources that were found in this scan, in that order. */
  found(): string[] {
    return [...this.#places.keys()];
  }

  /** Active sources that were not found in this scan so far. */
  unseen(): FileSource[] {
    return [...this.all()].filter((s) => s.state === 'active' && !this.#places.has(s.id));
  }

  /** The newest counted source known under this inode; inodes are used again after their file is gone. */
  byIdentity(identity: string): FileSource | undefined {
    const sources = [...this.all()].filter((s) => s.identity === identity && s.offsetBytes > 0);
    return sources.findLast((source) => source.state === 'active') ?? sources.at(-1);
  }

  /** A row that was made to show a problem with a file, before anything of it was counted. */
  uncounted(identity: string): FileSource | undefined {
    return [...this.all()].findLast((s) => s.identity === identity && s.offsetBytes === 0);
  }

  /** Whether lines of this source were passed over because another file has them. */
  hasCopied(source: FileSource): boolean {
    return this.#copies.has(source.id);
  }

  isCopy(file: FoundFile): boolean {
    const source = file.facts && this.byIdentity(file.facts.identity);
    return source !== undefined && this.hasCopied(source);
  }

  unreadBytes(file: FoundFile): number {
    if (!file.facts) return 0;
    return file.facts.sizeBytes - (this.byIdentity(file.facts.identity)?.offsetBytes ?? 0);
  }

  /** Whether this process has read the file to its end as it lies there now. */
  isSettled(source: FileSource, file: Readable): boolean {
    const last = settledAt(source.id);
    return (
      last?.stamp === file.facts.stamp &&
      last.offsetBytes === source.offsetBytes &&
      source.name === file.name &&
      source.state === 'active' &&
      source.lastError === null
    );
  }

  seen(source: FileSource, file: FoundFile): void {
    this.#known.set(source.id, source);
    this.#places.set(source.id, file);
  }

  /** Puts a file on record that was not known. Errors: OutdatedScanError when another collector was faster. */
  async register(
    file: { name: string; identity: string },
    options: { lastError?: string } = {},
  ): Promise<FileSource> {
    const source = await registerFile(file, { ...options, knownCount: this.#known.size, now: this.#now });
    this.#known.set(source.id, source);
    return source;
  }

  /** Takes a source as the database has it now, to be looked at again. */
  async reload(id: string): Promise<void> {
    unsettle(id);
    this.#known.set(id, await loadFileSource(id));
  }

  /** Puts on record that what was not found in this scan is gone. */
  async endUnseen(): Promise<void> {
    for (const source of this.unseen()) {
      await markGone(source.id);
      unsettle(source.id);
    }
  }
}
