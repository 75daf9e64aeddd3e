import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { glob } from 'tinyglobby';
import { type FileFacts, fileFacts, UnreadableFileError } from './content.run.ts';
import type { ReadFailure } from './read-failures.ts';

/** A file that a source pattern matches; `name` is how people know it: its path below the telemetry root. */
export type FoundFile = { name: string; path: string } & (
  | { facts: FileFacts; failure?: never }
  | { facts?: never; failure: ReadFailure }
);

/**
 * The files that the policy's patterns match under each root, each file once even where several names lead to it
 * (COL-1). A root that does not exist holds no files.
 */
export async function findFiles(roots: readonly string[], patterns: readonly string[]): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const identities = new Set<string>();
  for (const root of roots) {
    const paths = await glob([...patterns], {
      cwd: root,
      absolute: true,
      onlyFiles: false,
      expandDirectories: false,
    });
    for (const path of paths.map((p) => p.replace(/\/$/, '')).sort()) {
      const file = await describe(root, path);
      if (file === null || (file.facts && identities.has(file.facts.identity))) continue;
      if (file.facts) identities.add(file.facts.identity);
      found.push(file);
    }
  }
  return found;
}

async function describe(root: string, path: string): Promise<FoundFile | null> {
  const name = relative(root, path);
  try {
    return { name, path, facts: await fileFacts(path) };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    if (error.failure.code === 'ENOENT') return null; // gone since it was listed
    return { name, path, failure: error.failure };
  }
}

/**
 * Files beside `name` that no pattern matches but that may hold the rest of it: the same file under another name
 * (rotation by rename), or a copy whose name begins alike (copytruncate, gzip after rotation).
 */
export async function findSiblings(
  roots: readonly string[],
  name: string,
  identity: string,
  known: ReadonlySet<string>,
): Promise<FoundFile[]> {
  const siblings: FoundFile[] = [];
  for (const root of roots) {
    const directory = dirname(join(root, name));
    for (const entry of await entriesOf(directory)) {
      const file = await describe(root, join(directory, entry));
      if (!file?.facts || known.has(file.facts.identity)) continue;
      if (file.facts.identity === identity || entry.startsWith(stem(name))) siblings.push(file);
    }
  }
  return siblings.sort(
    (a, b) => Number(b.facts?.identity === identity) - Number(a.facts?.identity === identity),
  );
}

/** `phase-a.jsonl.gz` → `phase-a`: what rotation keeps of a name, whether it appends to it or inserts a date. */
const stem = (name: string): string => basename(name).split('.')[0] ?? basename(name);

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (await exists(directory)) throw error;
    return [];
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
