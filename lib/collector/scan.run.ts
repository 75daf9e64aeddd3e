import { log } from '#lib/config/server.ts';
import { storeFileBatch } from './batch.store.ts';
import { beginsWith, type Content, type FileFacts, openContent, UnreadableFileError } from './content.run.ts';
import { type Counting, countRange, nextBatchEnd } from './count-range.run.ts';
import { type FoundFile, findFiles, findSiblings } from './find-files.run.ts';
import { countedPart, findMatch, holdsCounted, matchWith } from './match-content.run.ts';
import {
  adoptCounted,
  type FileSource,
  loadFileSource,
  loadFileSources,
  markGone,
  moveFile,
  OutdatedScanError,
  recordFileError,
  registerFile,
} from './source.store.ts';
import { addBatch, emptyTotals, type SourceProblem, type Totals } from './totals.ts';

/** What this process has already read to the end: a file whose stamp and offset are unchanged needs no second look. */
const settled = new Map<string, { stamp: string; offsetBytes: number }>();
const MAX_ATTEMPTS = 5;

/** Forgets what was read, as a restart does; nothing is counted twice for it. */
export const forgetSettledFiles = (): void => settled.clear();

export type ScanReport = Totals & { problems: SourceProblem[] };

type Readable = FoundFile & { facts: FileFacts };

/**
 * Reads every file source as far as it has whole lines (COL-1) and counts each line once (COL-2). A file that cannot be
 * read is reported and leaves the others alone. When another collector is faster, its work stands and this one looks again.
 */
export async function readFiles(roots: readonly string[], counting: Counting): Promise<ScanReport> {
  const totals = emptyTotals();
  for (let attempt = 1; ; attempt += 1) {
    const scan = new FileScan(roots, counting, totals);
    try {
      await scan.run();
      return { ...totals, problems: scan.problems };
    } catch (error) {
      if (!(error instanceof OutdatedScanError)) throw error;
      if (attempt >= MAX_ATTEMPTS) return { ...totals, problems: scan.problems };
    }
  }
}

class FileScan {
  readonly problems: SourceProblem[] = [];
  readonly #roots: readonly string[];
  readonly #counting: Counting;
  readonly #totals: Totals;
  readonly #known = new Map<string, FileSource>();
  /** Where each source that was found in this scan lies. */
  readonly #places = new Map<string, FoundFile>();
  #identities = new Set<string>();

  constructor(roots: readonly string[], counting: Counting, totals: Totals) {
    this.#roots = roots;
    this.#counting = counting;
    this.#totals = totals;
  }

  async run(): Promise<void> {
    const found = await findFiles(this.#roots, this.#counting.context.policy.telemetry.sources);
    this.#identities = new Set(found.flatMap((file) => file.facts?.identity ?? []));
    for (const source of await loadFileSources()) this.#known.set(source.id, source);
    const strangers: Readable[] = [];
    for (const file of found) {
      if (!file.facts) await this.#report(file, file.problem);
      else if (!(await this.#continue(file))) strangers.push(file);
    }
    // What was moved away takes the rest of its lines along before its name's new owner is looked at.
    for (const source of this.#unseen()) await this.#follow(source);
    for (const file of strangers) await this.#withContent(file, (content) => this.#admit(file, content));
    for (const source of this.#unseen()) {
      await markGone(source.id);
      settled.delete(source.id);
    }
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
      await this.#readRest(named, file, content);
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
    const match = await this.#matchOf(content);
    if (match?.whole && !this.#places.has(match.source.id)) {
      const moved = await moveFile(match.source, nameOf(file));
      const own = this.#uncounted(content.facts.identity);
      if (own) await markGone(own.id);
      return this.#readRest(moved, file, content);
    }
    if (!match?.whole && (await this.#isCopyInTheMaking(content))) return;
    const own = this.#uncounted(content.facts.identity);
    if (match && match.endOffset > 0) {
      const counted = await countedPart(content, match);
      const source = own
        ? await adoptCounted(own, counted, this.#now)
        : await this.#register(file, { counted });
      return this.#readRest(source, file, content);
    }
    // Known from the first sight on, even while it is empty, so that it can be followed when it is renamed.
    return this.#readRest(own ?? (await this.#register(file, {})), file, content);
  }

  /**
   * What this content repeats. A copy may be longer than what was counted of a file that is still being written: then the
   * original is read first, so that the lines they share are counted there.
   */
  async #matchOf(content: Content) {
    const isRead = (source: FileSource) => this.#places.has(source.id);
    const match = await findMatch([...this.#known.values()], content, isRead);
    const place = match && this.#places.get(match.source.id);
    if (!match?.whole || !place?.facts || content.sizeBytes <= match.source.offsetBytes) return match;
    settled.delete(match.source.id);
    this.#known.set(match.source.id, await loadFileSource(match.source.id));
    if (!(await this.#continue({ ...place, facts: place.facts }))) this.#places.delete(match.source.id);
    return findMatch([...this.#known.values()], content, isRead);
  }

  /** A copy that has not got as far as what was counted of its original: it holds nothing new, so it can wait. */
  async #isCopyInTheMaking(content: Content): Promise<boolean> {
    if (content.sizeBytes === 0) return false;
    for (const [id, place] of this.#places) {
      const source = this.#known.get(id);
      if (!place.facts || !source || source.offsetBytes < content.sizeBytes || place.name.endsWith('.gz'))
        continue;
      if (place.facts.identity === content.facts.identity) continue;
      const begins = await this.#withContent({ ...place, facts: place.facts }, (original) =>
        beginsWith(original, content),
      );
      if (begins) return true;
    }
    return false;
  }

  get #now(): Date {
    return this.#counting.context.now;
  }

  async #register(
    file: { name: string; identity: string } | Readable,
    options: Omit<Parameters<typeof registerFile>[1], 'knownCount' | 'now'>,
  ): Promise<FileSource> {
    const source = await registerFile('facts' in file ? nameOf(file) : file, {
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
      if (counted === null) throw new UnreadableFileError('the file was rewritten while it was read');
      const { context } = this.#counting;
      const stored = await storeFileBatch(source, { ...counted, startOffset: source.offsetBytes }, context);
      if (stored === null) throw new OutdatedScanError('another collector counted this range');
      addBatch(this.#totals, counted.count);
      source = stored;
      this.#seen(source, file);
    }
    if (source.lastError !== null) await recordFileError(source.id, null);
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
      if (error instanceof UnreadableFileError && error.reason === 'ENOENT') return undefined;
      const known = error instanceof UnreadableFileError;
      if (!known) log('collector').error({ err: error, source: file.name }, 'a source could not be counted');
      await this.#report(file, known ? error.message : 'could not be counted; the log has more');
      return undefined;
    } finally {
      await content?.close();
    }
  }

  async #report(file: FoundFile, message: string): Promise<void> {
    this.problems.push({ source: file.name, message });
    const identity = file.facts?.identity ?? `unreadable:${file.name}`;
    const source = this.#byIdentity(identity) ?? this.#uncounted(identity);
    if (!source) {
      const row = await this.#register({ name: file.name, identity }, { lastError: message });
      this.#seen(row, file);
      return;
    }
    this.#seen({ ...source, lastError: message }, file);
    await recordFileError(source.id, message);
  }
}

const nameOf = (file: Readable): { name: string; identity: string } => ({
  name: file.name,
  identity: file.facts.identity,
});
