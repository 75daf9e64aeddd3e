import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  formatMonitoringFile,
  type MonitoringFile,
  monitoringFileName,
  parseMonitoringFile,
} from './monitoring-file.ts';

/** Where the normalised output of a window lies, below a telemetry root (COL-3). */
export const monitoringPath = (root: string, windowStart: Date): string =>
  join(root, 'reports', 'monitoring', monitoringFileName(windowStart));

/** Writes the whole file or nothing: temporary file, fsync, rename, fsync of the folder. */
export async function writeMonitoringFile(path: string, file: MonitoringFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(formatMonitoringFile(file));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Reads a normalised output file (ANA-8). Errors: MonitoringFileError with file and line; the file system's. */
export async function readMonitoringFile(path: string): Promise<MonitoringFile> {
  return parseMonitoringFile(path, await readFile(path, 'utf8'));
}
