import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from '#lib/config/server.ts';
import type { OutsideHalt } from './stop.schema.ts';

const FILE_NAME = 'HALT';
const MOST_KEPT = 500;

/**
 * The kill switch for whoever owns the machine when nothing else answers: the variable PHASEGATE_HALT, or a file HALT in the
 * data folder, whose text is the reason (OPS-7). null: neither is there. A file that is there and cannot be read stops, too.
 */
export async function outsideHalt(): Promise<OutsideHalt | null> {
  const { halt, dataDir } = env();
  if (halt !== undefined) return { source: 'environment', reason: halt };
  try {
    const text = await readFile(join(dataDir, FILE_NAME), 'utf8');
    return { source: 'file', reason: text.trim().slice(0, MOST_KEPT) || `a file ${FILE_NAME} was put there` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return { source: 'file', reason: `a file ${FILE_NAME} is there and cannot be read` };
  }
}
