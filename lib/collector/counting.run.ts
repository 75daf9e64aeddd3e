import { availableParallelism } from 'node:os';
import { type FileCounter, openFileCounter } from './count/file-counter.client.ts';
import type { CountContext } from './count/index.ts';
import type { Counting } from './count-range.run.ts';
import { withSpool } from './spool.run.ts';

const MAX_THREADS = 4;

/** Gives `work` what counting needs, and takes it away again however the work ends. */
export function withCounting<T>(context: CountContext, work: (counting: Counting) => Promise<T>): Promise<T> {
  return withSpool(async (spoolDirectory) => {
    let opened: Promise<FileCounter> | undefined;
    const fileCounter = (): Promise<FileCounter> => {
      opened ??= openFileCounter({ threads: Math.min(MAX_THREADS, availableParallelism()) });
      return opened;
    };
    const expectLarge = (): void => {
      fileCounter().catch(() => undefined); // whoever counts hears of it
    };
    try {
      return await work({ context, spoolDirectory, fileCounter, expectLarge });
    } finally {
      // One that could not be opened has told its caller so.
      (await opened?.catch(() => undefined))?.close();
    }
  });
}
