import { log } from '#lib/config/server.ts';
import { storeFileBatch } from './batch.store.ts';
import {
  type Content,
  commonPrefix,
  endOfLastLine,
  type FileFacts,
  openContent,
  UnreadableFileError,
} from './content.run.ts';
import { type Counting, countRange, nextBatchEnd, SMALL_BYTES } from './count-range.run.ts';
import { type FoundFile, findFiles, findSiblings } from './find-files.run.ts';
import { countedElsewhere, findMatch, holdsCounted, matchWith } from './match-content.run.ts';
import { type ReadFailure, readFailure } from './read-failures.ts';
import {
  clearFileError,
  endFailures,
  type FileSource,
  loadCopyIds,
  loadFileSource,
  loadFileSources,
  markGone,
  moveFile,
  OutdatedScanError,
  passOver,
  recordFailure,
  registerFile,
} from './source.store.ts';
import { addBatch, emptyTotals, type SourceProblem, type Totals } from './totals.ts';

/** What this process has already read to the end: a file whose stamp and offset are unchanged needs no second look. */
const settled = new Map<string, { stamp: string; offsetBytes: number }>();
const MAX_ATTEMPTS = 5;
/** A fault of this program, or of the database, in the middle of a file: it may be over at the next look. */
const UNCOUNTED: ReadFailure = {
  ...readFailure('UNCOUNTED'),
  message: 'could not be counted; the log has more',
};
/** Two contents that differ mostly do so in their first line. */
const FIRST_LOOK_BYTES = 4096;

/** Forgets what was read, as a restart does; nothing is counted twice for it. */
export const forgetSettledFiles = (): void => settled.clear();

/**
 * What a look at all files brought. `failures`: of which each may be tried again or not (COL-5); `looks`: how many looks of
 * collections in a row have failed, this one included.
 */
export type ScanReport = Totals & { problems: SourceProblem[]; failures: FileFailure[] };
export type FileFailure = ReadFailure & { source: string; looks: number };

type Readable = FoundFile & { facts: FileFacts };

/**
 * Reads every file source as far as it has whole lines (COL-1) and counts each line once (COL-2). A file that cannot be
 * read is reported and leaves the others alone; `collecting`: failed looks are counted (COL-5). When another collector is faster, its work stands and this one looks again.
 */
export async function readFiles(
  roots: readonly string[],
  counting: Counting,
  options: { collecting: boolean } = { collecting: false },
): Promise<ScanReport> {
  const totals = emptyTotals();
  for (let attempt = 1; ; attempt += 1) {
    const scan = new FileScan(roots, counting, totals, options.collecting);
    try {
      await scan.run();
      return { ...totals, problems: scan.problems, failures: scan.failures };
    } catch (error) {
      if (!(error instanceof OutdatedScanError)) throw error;
      if (attempt >= MAX_ATTEMPTS) return { ...totals, problems: scan.problems, failures: scan.failures };
    }
  }
}

class FileScan {
  readonly problems: SourceProblem[] = [];
  readonly failures: FileFailure[] = [];
  readonly #roots: readonly string[];
  readonly #counting: Counting;
  readonly #totals: Totals;
  readonly #collecting: boolean;
  readonly #known = new Map<string, FileSource>();
  /** Where each source that was found in this scan lies. */
  readonly #places = new Map<string, FoundFile>();
  #identities = new Set<string>();
  #copies = new Set<string>();
  /** Originals that are being looked at again on behalf of a copy. */
  readonly #revisiting = new Set<string>();

  constructor(roots: readonly string[], counting: Counting, totals: Totals, collecting: boolean) {
    this.#collecting = collecting;
    this.#roots = roots;
    this.#counting = counting;
    this.#totals = totals;
  }

  async run(): Promise<void> {
    const found = await findFiles(this.#roots, this.#counting.context.policy.telemetry.sources);
    this.#identities = new Set(found.flatMap((file) => file.facts?.identity ?? []));
    for (const source of await loadFileSources()) this.#known.set(source.id, source);
    if (found.some((file) => this.#unreadBytes(file) > SMALL_BYTES)) this.#counting.expectLarge();
    this.#copies = await loadCopyIds();
    const strangers: Readable[] = [];
    // Originals before their copies, so that the lines they share are counted in the original.
    for (const file of found.toSorted((a, b) => Number(this.#isCopy(a)) - Number(this.#isCopy(b)))) {
      if (!file.facts) await this.#report(file, file.failure);
      else if (!(await this.#continue(file))) strangers.push(file);
    }
    // What was moved away takes the rest of its lines along before its name's new owner is looked at.
    for (const source of this.#unseen()) await this.#follow(source);
    for (const file of strangers) await this.#withContent(file, (content) => this.#admit(file, content));
    for (const source of this.#unseen()) {
      await markGone(source.id);
      settled.delete(source.id);
    }
    await endFailures();
  }

  #unseen(): FileSource[] {
    return [...this.#known.values()].filter((s) => s.state === 'active' && !this.#places.has(s.id));
  }

  /** The newest counted source known under this inode; inodes are used again after their file is gone. */
  #byIdentity(identity: string): FileSource | undefined {
    const sources = [...this.#known.values()].filter((s) => s.identity === identity && s.offsetBytes > 0);
    return sources.findLast((source) => source.state === 'active') ?? sources.at(-1);
  }

  /** A row that was made to show a problem with a file, before anything of it was counted. */
  #uncounted(identity: string): FileSource | undefined {
    return [...this.#known.values()].findLast((s) => s.identity === identity && s.offsetBytes === 0);
  }

  #unreadBytes(file: FoundFile): number {
    if (!file.facts) return 0;
    return file.facts.sizeBytes - (this.#byIdentity(file.facts.identity)?.offsetBytes ?? 0);
  }

  #isCopy(file: FoundFile): boolean {
    const source = file.facts && this.#byIdentity(file.facts.identity);
    return source !== undefined && this.#copies.has(source.id);
  }

  #seen(source: FileSource, file: FoundFile): void {
    this.#known.set(source.id, source);
    this.#places.set(source.id, file);
  }

  /** Reads on where a known file was left. False: not known under this inode, or not the same content any more. */
  async #continue(file: Readable): Promise<boolean> {
    const source = this.#byIdentity(file.facts.identity);
    if (!source) return false;
    if (this.#isSettled(source, file)) {
      this.#seen(source, file);
      return true;
    }
    const result = await this.#withContent(file, async (content) => {
      if (content.facts.identity !== source.identity || !(await holdsCounted(source, content)))
        return 'other';
      const named =
        source.name === file.name && source.state === 'active'
          ? source
          : await moveFile(source, nameOf(file));
      const grown = this.#copies.has(named.id) && content.sizeBytes > named.offsetBytes;
      const from = grown ? await this.#passShared(named, content, 0) : named;
      await this.#readRest(from, file, content);
      return 'read';
    });
    return result !== 'other';
  }

  #isSettled(source: FileSource, file: Readable): boolean {
    const last = settled.get(source.id);
    return (
      last?.stamp === file.facts.stamp &&
      last.offsetBytes === source.offsetBytes &&
      source.name === file.name &&
      source.state === 'active' &&
      source.lastError === null
    );
  }

  /** Looks beside a file that lost its name for the rest of it: rotated away, or copied and truncated. */
  async #follow(source: FileSource): Promise<void> {
    for (const sibling of await findSiblings(this.#roots, source.name, source.identity, this.#identities)) {
      if (!sibling.facts) continue;
      const file: Readable = sibling;
      if (source.offsetBytes === 0 && file.facts.identity !== source.identity) continue;
      if (file.facts.identity === source.identity && this.#isSettled(source, file))
        return this.#seen(source, file);
      const taken = await this.#withContent(file, async (content) => {
        if (!(await matchWith(source, content)).whole) return false;
        await this.#readRest(await moveFile(source, nameOf(file)), file, content);
        return true;
      });
      if (taken) return;
    }
  }

  /** A file never seen under this inode, or one whose content was replaced. */
  async #admit(file: Readable, content: Content): Promise<void> {
    const isRead = (source: FileSource) => this.#places.has(source.id);
    const candidates: FileSource[] = [];
    for (const source of this.#known.values())
      if (!(await this.#beginsOtherwise(source, content))) candidates.push(source);
    const match = await findMatch(candidates, content, isRead);
    const own = this.#uncounted(content.facts.identity);
    if (match?.whole && !isRead(match.source)) {
      const moved = await moveFile(match.source, nameOf(file));
      if (own) await markGone(own.id);
      return this.#readRest(moved, file, content);
    }
    // Known from the first sight on, even while it is empty, so that it can be followed when it is renamed.
    const source = own ?? (await this.#register(nameOf(file), {}));
    return this.#readRest(await this.#passShared(source, content, match?.endOffset ?? 0), file, content);
  }

  /**
   * Whether a file that was read to its end in this scan, and not written to since, surely begins otherwise than this content.
   * That spares hashing as much of the content as was counted of that file.
   */
  async #beginsOtherwise(source: FileSource, content: Content): Promise<boolean> {
    const place = this.#places.get(source.id);
    const stamp = settled.get(source.id)?.stamp;
    if (!place?.facts || source.offsetBytes === 0 || stamp === undefined || place.name.endsWith('.gz'))
      return false;
    const length = Math.min(source.offsetBytes, FIRST_LOOK_BYTES);
    const differs = await this.#withContent({ ...place, facts: place.facts }, async (other) => {
      const shared = await commonPrefix(other, content, length);
      return shared < length && other.facts.stamp === stamp && (await other.untouched());
    });
    return differs === true;
  }

  /**
   * Passes over what this content shares with a file that is read as well, or with one that was (`verifiedEnd`): those lines
   * are counted there. A copy that is still being made grows through here until it has caught up.
   */
  async #passShared(source: FileSource, content: Content, verifiedEnd: number): Promise<FileSource> {
    let sharedBytes = verifiedEnd;
    for (const id of [...this.#places.keys()])
      sharedBytes = Math.max(sharedBytes, await this.#sharedWith(id, content));
    if (sharedBytes <= source.offsetBytes) return source;
    const end = await endOfLastLine(content, source.offsetBytes, sharedBytes);
    if (end === null) return source;
    return passOver(source, await countedElsewhere(content, source.offsetBytes, end), this.#now);
  }

  /** How far this content repeats what was counted of another file, which is first read to its present end. */
  async #sharedWith(id: string, content: Content): Promise<number> {
    const place = this.#places.get(id);
    const source = this.#known.get(id);
    if (!place?.facts || !source || source.offsetBytes === 0) return 0;
    const file: Readable = { ...place, facts: place.facts };
    // An unpacked gzip does not grow, and its counted lines are known by their hashes.
    if (file.facts.identity === content.facts.identity || file.name.endsWith('.gz')) return 0;
    const shared = await this.#withContent(file, (other) => commonPrefix(other, content, source.offsetBytes));
    if (shared !== source.offsetBytes || content.sizeBytes <= shared || this.#revisiting.has(id))
      return shared ?? 0;
    this.#revisiting.add(id);
    settled.delete(id);
    this.#known.set(id, await loadFileSource(id));
    await this.#continue(file);
    const again = await this.#sharedWith(id, content);
    this.#revisiting.delete(id);
    return again;
  }

  get #now(): Date {
    return this.#counting.context.now;
  }

  async #register(
    file: { name: string; identity: string },
    options: { lastError?: string },
  ): Promise<FileSource> {
    const source = await registerFile(file, {
      ...options,
      knownCount: this.#known.size,
      now: this.#now,
    });
    this.#known.set(source.id, source);
    return source;
  }

  /** Counts and stores batch after batch until only a partial line, or nothing, is left. */
  async #readRest(from: FileSource, file: FoundFile, content: Content): Promise<void> {
    let source = from;
    this.#seen(source, file);
    for (;;) {
      const end = await nextBatchEnd(content, source.offsetBytes);
      if (end === null) break;
      const range = { from: source.offsetBytes, to: end, lineNumber: source.lineCount + 1 };
      const counted = await countRange(content, range, this.#counting);
      if (counted === null) throw new UnreadableFileError('REWRITTEN');
      const { context } = this.#counting;
      const stored = await storeFileBatch(source, { ...counted, startOffset: source.offsetBytes }, context);
      if (stored === null) throw new OutdatedScanError('another collector counted this range');
      addBatch(this.#totals, counted.count);
      source = stored;
      this.#seen(source, file);
    }
    if (source.lastError !== null) await clearFileError(source.id);
    settled.set(source.id, { stamp: content.facts.stamp, offsetBytes: source.offsetBytes });
  }

  /** Opens a file for `work`; what goes wrong with this file is reported and stays with it. */
  async #withContent<T>(file: Readable, work: (content: Content) => Promise<T>): Promise<T | undefined> {
    let content: Content | undefined;
    try {
      content = await openContent(file.path, this.#counting.spoolDirectory);
      return await work(content);
    } catch (error) {
      if (error instanceof OutdatedScanError) throw error;
      if (!(error instanceof UnreadableFileError)) {
        log('collector').error({ err: error, source: file.name }, 'a source could not be counted');
        await this.#report(file, UNCOUNTED);
      } else if (error.failure.code === 'ENOENT') {
        // Its row ends with this scan unless it is found under another name; a second look tells.
        this.failures.push({ ...error.failure, source: file.name, looks: 1 });
      } else await this.#report(file, error.failure);
      return undefined;
    } finally {
      await content?.close();
    }
  }

  async #report(file: FoundFile, failure: ReadFailure): Promise<void> {
    const { message } = failure;
    this.problems.push({ source: file.name, message });
    const identity = file.facts?.identity ?? `unreadable:${file.name}`;
    const source = this.#byIdentity(identity) ?? this.#uncounted(identity);
    const row = source ?? (await this.#register({ name: file.name, identity }, { lastError: message }));
    this.#seen({ ...row, lastError: message }, file);
    const looks = await recordFailure(row.id, failure, { now: this.#now, counts: this.#collecting });
    this.failures.push({ ...failure, source: file.name, looks });
  }
}

const nameOf = (file: Readable): { name: string; identity: string } => ({
  name: file.name,
  identity: file.facts.identity,
});
