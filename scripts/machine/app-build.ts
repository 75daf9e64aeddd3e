import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'tinyglobby';

const STAMP = '.next/phasegate-sources';
const SOURCES = [
  '{app,components,lib,inngest,messages,public}/**/*',
  'instrumentation.ts',
  'next.config.js',
  'postcss.config.mjs',
  'package-lock.json',
  'tsconfig.json',
];
const NOT_BUILT = ['**/*.test.{ts,tsx}', '**/*.int.ts', '**/fixtures/**', 'inngest/embedded/**'];

/** Hash of everything that goes into `next build`. */
export async function sourcesHash(): Promise<string> {
  const files = await glob(SOURCES, { ignore: NOT_BUILT, dot: false });
  const hash = createHash('sha256').update(process.version);
  for (const file of files.sort()) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}

/** The hash the current `.next` lacks, or undefined when it is up to date. */
export async function buildNeeded(): Promise<string | undefined> {
  const hash = await sourcesHash();
  if (existsSync(STAMP) && existsSync('.next/BUILD_ID') && (await readFile(STAMP, 'utf8')) === hash)
    return undefined;
  return hash;
}

/** To be called before a build: an interrupted one must not pass for complete. */
export async function forgetBuild(): Promise<void> {
  await rm(STAMP, { force: true });
}

/** To be called after a build: until the sources change, their hash says that it is theirs. */
export async function rememberBuild(hash: string): Promise<void> {
  await mkdir('.next', { recursive: true });
  await writeFile(STAMP, hash);
}

/** Environment of `next build`: production, and nothing that a build must not depend on. */
export function buildEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', PHASEGATE_MODE: 'live' };
}

export const NEXT_COMMAND = join('node_modules', 'next', 'dist', 'bin', 'next');
