import { log } from '#lib/config/server.ts';
import { storeFileBatch } from './batch.store.ts';
import {
  type Content,
  commonPrefix,
  endOfLastLine,
  openContent,
  UnreadableFileError,
} from './content.run.ts';
import { type Counting, countRange, nextBatchEnd, SMALL_BYTES } from './count-range.run.ts';
import { clearFileError, endFailures, recordFailure } from './failing-files.store.ts';
import { type FoundFile, findFiles, findSiblings } from './find-files.run.ts';
import { KnownFiles, nameOf, type Readable } from './known-files.run.ts';
import { countedElsewhere, findMatch, holdsCounted, matchWith } from './match-content.run.ts';
import { type ReadFailure, readFailure } from './read-failures.ts';
import { settle, settledAt } from './settled-files.ts';
import { type FileSource, markGone, moveFile, OutdatedScanError, passOver } from './source.store.ts';
import { addBatch, emptyTotals, type SourceProblem, type Totals } from './totals.ts';

/** Scans that another collector may outrun before this one leaves the rest to it. */
const MAX_ATTEMPTS = 5;
/** A fault of this program, or of the database, in the middle of a file: it may be over at the next look. */
const UNCOUNTED: ReadFailure = {
  ...readFailure('UNCOUNTED'),
  message: 'could not be counted; the log has more',
};
/** Two contents that differ mostly do so in their first line. */
const FIRST_LOOK_BYTES = 4096;

/**
 * What a look at all files brought. `failures`: of which each may be tried again or not (COL-5); `looks`: how many looks of
 * collections in a row have failed, this one included.
 */
export type ScanReport = Totals & { problems: SourceProblem[]; failures: FileFailure[] };
export type FileFailure = ReadFailure & { source: string; looks: number };

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
    const found = await findFiles(roots, counting.context.policy.telemetry.sources);
    const known = await KnownFiles.load(counting.context.now);
    const scan = new FileScan(roots, counting, totals, known, options.collecting);
    try {
      await scan.run(found);
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
  readonly #known: KnownFiles;
  #identities = new Set<string>();
  /** Originals that are being looked at again on behalf of a copy. */
  readonly #revisiting = new Set<string>();

  constructor(
    roots: readonly string[],
    counting: Counting,
    totals: Totals,
    known: KnownFiles,
    collecting: boolean,
  ) {
    this.#known = known;
    this.#collecting = collecting;
    this.#roots = roots;
    this.#counting = counting;
    this.#totals = totals;
  }

  async run(found: readonly FoundFile[]): Promise<void> {
    this.#identities = new Set(found.flatMap((file) => file.facts?.identity ?? []));
    if (found.some((file) => this.#known.unreadBytes(file) > SMALL_BYTES)) this.#counting.expectLarge();
    const strangers: Readable[] = [];
    // Originals before their copies, so that the lines they share are counted in the original.
    for (const file of found.toSorted(
      (a, b) => Number(this.#known.isCopy(a)) - Number(this.#known.isCopy(b)),
    )) {
      if (!file.facts) await this.#report(file, file.failure);
      else if (!(await this.#continue(file))) strangers.push(file);
    }
    // What was moved away takes the rest of its lines along before its name's new owner is looked at.
    for (const source of this.#known.unseen()) await this.#follow(source);
    for (const file of strangers) await this.#withContent(file, (content) => this.#admit(file, content));
    await this.#known.endUnseen();
    await endFailures();
  }

  /** Reads on where a known file was left. False: not known under this inode, or not the same content any more. */
  async #continue(file: Readable): Promise<boolean> {
    const source = this.#known.byIdentity(file.facts.identity);
    if (!source) return false;
    if (this.#known.isSettled(source, file)) {
      this.#known.seen(source, file);
      return true;
    }
    const result = await this.#withContent(file, async (content) => {
      if (content.facts.identity !== source.identity || !(await holdsCounted(source, content)))
        return 'other';
      const named =
        source.name === file.name && source.state === 'active'
          ? source
          : await moveFile(source, nameOf(file));
      const grown = this.#known.hasCopied(named) && content.sizeBytes > named.offsetBytes;
      const from = grown ? await this.#passShared(named, content, 0) : named;
      await this.#readRest(from, file, content);
      return 'read';
    });
    return result !== 'other';
  }

  /** Looks beside a file that lost its name for the rest of it: rotated away, or copied and truncated. */
  async #follow(source: FileSource): Promise<void> {
    for (const sibling of await findSiblings(this.#roots, source.name, source.identity, this.#identities)) {
      if (!sibling.facts) continue;
      const file: Readable = sibling;
      if (source.offsetBytes === 0 && file.facts.identity !== source.identity) continue;
      if (file.facts.identity === source.identity && this.#known.isSettled(source, file))
        return this.#known.seen(source, file);
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
    const isRead = (source: FileSource) => this.#known.placeOf(source.id) !== undefined;
    const candidates: FileSource[] = [];
    for (const source of this.#known.all())
      if (!(await this.#beginsOtherwise(source, content))) candidates.push(source);
    const match = await findMatch(candidates, content, isRead);
    const own = this.#known.uncounted(content.facts.identity);
    if (match?.whole && !isRead(match.source)) {
      const moved = await moveFile(match.source, nameOf(file));
      if (own) await markGone(own.id);
      return this.#readRest(moved, file, content);
    }
    // Known from the first sight on, even while it is empty, so that it can be followed when it is renamed.
    const source = own ?? (await this.#known.register(nameOf(file)));
    return this.#readRest(await this.#passShared(source, content, match?.endOffset ?? 0), file, content);
  }

  /**
   * Whether a file that was read to its end in this scan, and not written to since, surely begins otherwise than this content.
   * That spares hashing as much of the content as was counted of that file.
   */
  async #beginsOtherwise(source: FileSource, content: Content): Promise<boolean> {
    const place = this.#known.placeOf(source.id);
    const stamp = settledAt(source.id)?.stamp;
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
    for (const id of this.#known.found())
      sharedBytes = Math.max(sharedBytes, await this.#sharedWith(id, content));
    if (sharedBytes <= source.offsetBytes) return source;
    const end = await endOfLastLine(content, source.offsetBytes, sharedBytes);
    if (end === null) return source;
    return passOver(source, await countedElsewhere(content, source.offsetBytes, end), this.#now);
  }

  /** How far this content repeats what was counted of another file, which is first read to its present end. */
  async #sharedWith(id: string, content: Content): Promise<number> {
    const place = this.#known.placeOf(id);
    const source = this.#known.source(id);
    if (!place?.facts || !source || source.offsetBytes === 0) return 0;
    const file: Readable = { ...place, facts: place.facts };
    // An unpacked gzip does not grow, and its counted lines are known by their hashes.
    if (file.facts.identity === content.facts.identity || file.name.endsWith('.gz')) return 0;
    const shared = await this.#withContent(file, (other) => commonPrefix(other, content, source.offsetBytes));
    if (shared !== source.offsetBytes || content.sizeBytes <= shared || this.#revisiting.has(id))
      return shared ?? 0;
    this.#revisiting.add(id);
    await this.#known.reload(id);
    await this.#continue(file);
    const again = await this.#sharedWith(id, content);
    this.#revisiting.delete(id);
    return again;
  }

  get #now(): Date {
    return this.#counting.context.now;
  }

  /** Counts and stores batch after batch until only a partial line, or nothing, is left. */
  async #readRest(from: FileSource, file: FoundFile, content: Content): Promise<void> {
    let source = from;
    this.#known.seen(source, file);
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
      this.#known.seen(source, file);
    }
    if (source.lastError !== null) await clearFileError(source.id);
    settle(source.id, content.facts.stamp, source.offsetBytes);
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
    const source = this.#known.byIdentity(identity) ?? this.#known.uncounted(identity);
    const row = source ?? (await this.#known.register({ name: file.name, identity }, { lastError: message }));
    this.#known.seen({ ...row, lastError: message }, file);
    const looks = await recordFailure(row.id, failure, { now: this.#now, counts: this.#collecting });
    this.failures.push({ ...failure, source: file.name, looks });
  }
}
