import { availableParallelism } from 'node:os';
import type { CountContext } from './count/index.ts';
import type { Counting, DuckDbCounter } from './count-range.run.ts';
import { withSpool } from './spool.run.ts';

/** What DuckDB may hold; it writes to the temporary folder beyond it. */
const DUCKDB_MEMORY_MB = 256;
const MAX_THREADS = 4;

/** Gives `work` what counting needs, and takes it away again however the work ends. */
export function withCounting<T>(context: CountContext, work: (counting: Counting) => Promise<T>): Promise<T> {
  return withSpool(async (spoolDirectory) => {
    let opened: Promise<DuckDbCounter> | undefined;
    const duckDb = (): Promise<DuckDbCounter> => {
      opened ??= openDuckDb(spoolDirectory);
      return opened;
    };
    try {
      return await work({ context, spoolDirectory, duckDb });
    } finally {
      // One that could not be opened has told its caller so.
      (await opened?.catch(() => undefined))?.close();
    }
  });
}

/** DuckDB's library is loaded only by a process that has a large range to count. */
async function openDuckDb(tempDirectory: string): Promise<DuckDbCounter> {
  const { openDuckDbCounter } = await import('./count/duckdb.client.ts');
  return openDuckDbCounter({
    memoryLimitMb: DUCKDB_MEMORY_MB,
    threads: Math.min(MAX_THREADS, availableParallelism()),
    tempDirectory,
  });
}
