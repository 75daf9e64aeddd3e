import { type FileCounter, openFileCounter } from './file-counter.client.ts';

/** The name under which callers know the counter of large files. */
export function openDuckDbCounter(options: {
  memoryLimitMb: number;
  threads: number;
  tempDirectory: string;
}): Promise<FileCounter> {
  return openFileCounter({ threads: options.threads });
}
