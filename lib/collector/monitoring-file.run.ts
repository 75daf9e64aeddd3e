import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '#lib/files/server.ts';
import {
  formatMonitoringFile,
  type MonitoringFile,
  monitoringFileName,
  parseMonitoringFile,
} from './monitoring-file.ts';

/** Where the normalised output of a window lies, below a telemetry root (COL-3). */
export const monitoringPath = (root: string, windowStart: Date): string =>
  join(root, 'reports', 'monitoring', monitoringFileName(windowStart));

/** Writes the whole file or leaves the old one. Errors: the file system's. */
export async function writeMonitoringFile(path: string, file: MonitoringFile): Promise<void> {
  await writeFileAtomically(path, formatMonitoringFile(file));
}

/** Reads a normalised output file (ANA-8). Errors: MonitoringFileError with file and line; the file system's. */
export async function readMonitoringFile(path: string): Promise<MonitoringFile> {
  return parseMonitoringFile(path, await readFile(path, 'utf8'));
}
