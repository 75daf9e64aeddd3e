import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, log } from '#lib/config/server.ts';
import { writeFileAtomically } from '#lib/files/server.ts';
import { isUntouched } from './draft-seal.ts';

/** Where reports live as files: under the first telemetry root. */
export const reportRoot = (): string => env().telemetryRoots[0] ?? '.';

/**
 * Writes reports as files where they are not there yet or read otherwise (REP-5); the rows are the truth. An RCA in which a
 * person has written stays as it is. A file that cannot be written is logged and tried again at the next call.
 */
export async function putFiles(
  reports: readonly { path: string; kind: string; content: string }[],
): Promise<{ written: string[]; failures: { path: string; error: string }[] }> {
  const written: string[] = [];
  const failures: { path: string; error: string }[] = [];
  for (const { path, kind, content } of reports) {
    const file = join(reportRoot(), path);
    try {
      const there = await readIfThere(file);
      if (there === content || (kind === 'rca' && there !== null && !isUntouched(there))) continue;
      await writeFileAtomically(file, content);
      written.push(path);
    } catch (error) {
      log('reporter').error({ err: error, path }, 'a report could not be written as a file');
      failures.push({ path, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return { written, failures };
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
