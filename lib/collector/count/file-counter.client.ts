import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { BatchCount, EventRules } from '#lib/telemetry/index.ts';
import { type CountContext, rulesOf } from './compiled-rules.ts';
import { BLOCK_BYTES, hashOfBlocks } from './content-hash.ts';
import type { CountAnswer, CountJob, PieceReport } from './count-job.ts';
import type { LinePlace } from './count-lines.ts';
import { combineTallies } from './line-tally.ts';
import { QuarantineLog } from './quarantine-log.ts';

type Counted = Extract<CountAnswer, { kind: 'counted' }>;

/** A file could not be counted as a whole; nothing of it may be stored. */
export class FileCountError extends Error {
  override readonly name = 'FileCountError';
}

/** `sha256`: the content hash (see `contentHash`) of the bytes that were counted. */
export type HashedCount = { count: BatchCount; sha256: string };

export type FileCounter = AsyncDisposable & {
  /**
   * Counts the whole lines of bytes [range.from, range.to) of a plain file (default: all of it as it is now) like
   * `countLines`, and hashes them; the last newline may be missing. `start` is the place of the first byte in its source.
   * Errors: {@link FileCountError}, when the file cannot be read or is cut short meanwhile.
   */
  countFile: (
    path: string,
    start: LinePlace,
    ctx: CountContext,
    range?: { from: number; to: number },
  ) => Promise<HashedCount>;
  /** False once a thread has ended; then every call fails and a new counter is needed. */
  isAlive: () => boolean;
  close: () => void;
};

/**
 * Counts large files on `threads` worker threads, in pieces of 512 KiB, so that memory does not grow with the file and the
 * event loop stays free. Workers start now and are re-used; calls wait for one another. Close it when done.
 */
export async function openFileCounter(options: { threads: number }): Promise<FileCounter> {
  const workers = Array.from({ length: Math.max(1, options.threads) }, startWorker);
  let alive = true;
  for (const worker of workers) {
    const ended = (): void => {
      alive = false;
    };
    worker.on('error', ended); // the call that waits for this thread reports it
    worker.on('exit', ended);
  }
  const close = (): void => {
    alive = false;
    for (const worker of workers) void worker.terminate();
  };
  try {
    await Promise.all(workers.map((worker) => once(worker, 'online')));
  } catch (cause) {
    close();
    throw new FileCountError('the counting threads did not start', { cause });
  }
  for (const worker of workers) worker.unref();
  const inTurn = <A extends unknown[], T>(work: (...args: A) => Promise<T>) => {
    let last: Promise<unknown> = Promise.resolve();
    return (...args: A): Promise<T> => {
      const turn = last.then(() => {
        if (!alive) throw new FileCountError('the counting threads have ended');
        return work(...args);
      });
      last = turn.catch(() => undefined); // a failure is the caller's to handle, the next file does not care
      return turn;
    };
  };
  const countFile: FileCounter['countFile'] = inTurn((path, start, ctx, range) =>
    countOn(workers, path, start, ctx, range),
  );
  return {
    countFile,
    isAlive: () => alive,
    close,
    [Symbol.asyncDispose]: async () => close(),
  };
}

/**
 * The worker is a file of its own under lib/, run by Node itself. It is named through the working directory, and the class
 * is taken at run time, so that a bundler neither follows nor copies it.
 */
function startWorker(): Worker {
  const { Worker: WorkerThread } = process.getBuiltinModule('node:worker_threads');
  return new WorkerThread(resolve('lib/collector/count/count-worker.run.ts'));
}

async function countOn(
  workers: readonly Worker[],
  path: string,
  start: LinePlace,
  ctx: CountContext,
  range: { from: number; to: number } | undefined,
): Promise<HashedCount> {
  const { from, to } = range ?? { from: 0, to: await sizeOf(path) };
  const job: CountJob = {
    path,
    from,
    to,
    pieceBytes: BLOCK_BYTES,
    nextPiece: new SharedArrayBuffer(4),
    byteOffset: start.byteOffset,
    rules: rulesOf(ctx),
    nowMs: ctx.now.getTime(),
  };
  const answers = await Promise.all(workers.map((worker) => ask(worker, job)));
  return {
    count: combineReports(rulesOf(ctx), answers, start.lineNumber),
    sha256: hashOfBlocks(inOrder(answers).map((piece) => piece.sha256)),
  };
}

const inOrder = (answers: readonly Counted[]): PieceReport[] =>
  answers.flatMap((answer) => answer.pieces).toSorted((a, b) => a.piece - b.piece);

/** The answers of all workers as one count: refused lines in the order of the file, with their line numbers in the source. */
export function combineReports(
  rules: EventRules,
  answers: readonly Counted[],
  firstLine: number,
): BatchCount {
  const refused = new QuarantineLog();
  let lineNumber = firstLine;
  for (const piece of inOrder(answers)) {
    for (const entry of piece.refused) refused.add({ ...entry, lineNumber: lineNumber + entry.lineNumber });
    lineNumber += piece.lineCount;
  }
  return combineTallies(
    rules,
    answers.map((answer) => answer.tally),
    refused,
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new FileCountError('the file cannot be read', { cause });
  }
}

async function ask(worker: Worker, job: CountJob): Promise<Counted> {
  const answered = new AbortController();
  const { signal } = answered;
  worker.ref();
  try {
    worker.postMessage(job);
    const [answer] = (await Promise.race([
      once(worker, 'message', { signal }),
      once(worker, 'exit', { signal }).then(() => [{ kind: 'failed', message: 'the counting thread ended' }]),
    ])) as [CountAnswer];
    if (answer.kind === 'failed') throw new FileCountError(answer.message);
    return answer;
  } finally {
    answered.abort(); // takes the other listener away
    worker.unref();
  }
}
