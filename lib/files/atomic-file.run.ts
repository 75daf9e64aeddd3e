import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a whole file or leaves the old one: temporary file beside it, fsync, rename (OPS-11). `privately`: for this user alone
 * (0600), from its first byte on. Creates missing folders. Errors: the file system's own; the temporary file does not stay behind.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  { privately = false }: { privately?: boolean } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', privately ? 0o600 : 0o666);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined); // what went wrong before is what the caller must hear
    await rm(temporary, { force: true });
    throw error;
  }
}
