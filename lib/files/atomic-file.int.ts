import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileAtomically } from './atomic-file.run.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasegate-atomic-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a file that is written whole', () => {
  it('is one of what many write at once, with nothing left beside it [OPS-11]', async () => {
    const path = join(folder, 'new', 'report.json');
    const contents = Array.from({ length: 20 }, (_, n) => String(n).repeat(100_000));
    await Promise.all(contents.map((content) => writeFileAtomically(path, content)));
    expect(contents).toContain(await readFile(path, 'utf8'));
    expect(await readdir(join(folder, 'new'))).toEqual(['report.json']);
  });

  it('stays as it was where the new one cannot be put in its place [OPS-11]', async () => {
    const path = join(folder, 'taken');
    await writeFileAtomically(join(path, 'inside'), 'old');
    await expect(writeFileAtomically(path, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readFile(join(path, 'inside'), 'utf8')).toBe('old');
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is for this user alone when it is private, also in place of one that was not [OPS-11]', async () => {
    const path = join(folder, 'secrets.json');
    await writeFileAtomically(path, 'open to all');
    await chmod(path, 0o644);
    await writeFileAtomically(path, 'secret', { privately: true });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
