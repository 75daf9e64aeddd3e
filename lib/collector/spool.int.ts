import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { withSpool } from './spool.run.ts';

const NOBODY = 65_534;
/** No process has this number: Linux gives at most 4,194,304. */
const ABANDONED = join(tmpdir(), 'phasegate-collect-4194305-somebody');

afterEach(() => rm(ABANDONED, { recursive: true, force: true }));

it('collects although a killed collector of another user left its folder behind [COL-1]', async () => {
  await mkdir(join(ABANDONED, 'unpack-1'), { recursive: true });
  await chmod(ABANDONED, 0o700);
  const asRoot = process.getuid?.() === 0;
  if (asRoot) process.seteuid?.(NOBODY);
  try {
    const entries = await withSpool((directory) => readdir(directory));
    expect(entries).toEqual([]);
  } finally {
    if (asRoot) process.seteuid?.(0);
  }
});

it('removes what its own killed collectors left behind [COL-2]', async () => {
  await mkdir(join(ABANDONED, 'unpack-1'), { recursive: true });
  await withSpool(async () => undefined);
  expect(await readdir(tmpdir())).not.toContain('phasegate-collect-4194305-somebody');
});
