import { availableParallelism } from 'node:os';
import { type FileCounter, openFileCounter } from './count/file-counter.client.ts';
import type { CountContext } from './count/index.ts';
import type { Counting } from './count-range.run.ts';
import { withSpool } from './spool.run.ts';

const MAX_THREADS = 4;

let shared: Promise<FileCounter> | undefined;

/**
 * The counting threads of this process, started at the first large range and kept: what they have learned about the lines
 * makes the next cycle faster. They do not keep the process alive. Started again when one of them has ended.
 */
async function sharedCounter(): Promise<FileCounter> {
  const known = await shared?.catch(() => undefined);
  if (known?.isAlive()) return known;
  shared = openFileCounter({ threads: Math.min(MAX_THREADS, availableParallelism()) });
  return shared;
}

/** Gives `work` what counting needs, and takes its temporary folder away again however the work ends. */
export function withCounting<T>(context: CountContext, work: (counting: Counting) => Promise<T>): Promise<T> {
  return withSpool((spoolDirectory) => {
    let opened: Promise<FileCounter> | undefined;
    const fileCounter = (): Promise<FileCounter> => {
      opened ??= sharedCounter();
      return opened;
    };
    const expectLarge = (): void => {
      fileCounter().catch(() => undefined); // whoever counts hears of it
    };
    return work({ context, spoolDirectory, fileCounter, expectLarge });
  });
}
