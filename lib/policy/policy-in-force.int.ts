import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PolicyError } from './index.ts';
import { loadPolicy, policyProblem } from './server.ts';

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'phasegate-policy-'));
  for (const name of ['policy.yaml', 'events.yaml', 'killswitch-rules.yaml', 'retry-policy.yaml'])
    await copyFile(join('governance', name), at(name));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const edit = async (from: string, to: string) => {
  const text = await readFile(at('policy.yaml'), 'utf8');
  expect(text).toContain(from);
  await writeFile(at('policy.yaml'), text.replace(from, to));
};

describe('a policy that is edited while Phasegate runs', () => {
  it('keeps the last valid one in force, says where the fault is, and follows when it is mended [PHA-6]', async () => {
    const first = await loadPolicy(directory);
    expect(await policyProblem(directory)).toEqual([]);
    await edit('lateness: 2h', 'latenes: 2h');
    expect((await loadPolicy(directory)).hash).toBe(first.hash);
    expect((await policyProblem(directory)).join('\n')).toMatch(/governance\/policy\.yaml:\d+:\d+ .*latenes/);
    await edit('latenes: 2h', 'lateness: 3h');
    expect((await loadPolicy(directory)).policy.cycle.latenessSeconds).toBe(10_800);
    expect(await policyProblem(directory)).toEqual([]);
  });

  it('keeps the last valid one while a file is away or half written [PHA-6]', async () => {
    const first = await loadPolicy(directory);
    await rename(at('policy.yaml'), at('policy.yaml~'));
    expect((await loadPolicy(directory)).hash).toBe(first.hash);
    expect(await policyProblem(directory)).toEqual([
      'governance/policy.yaml:1:1 (root): the file is missing',
    ]);
    await writeFile(at('policy.yaml'), '');
    expect((await loadPolicy(directory)).hash).toBe(first.hash);
    expect(await policyProblem(directory)).not.toEqual([]);
    await rename(at('policy.yaml~'), at('policy.yaml'));
    expect(await policyProblem(directory)).toEqual([]);
  });

  it('is refused at the start, before there was a valid one [PHA-6]', async () => {
    await edit('lateness: 2h', 'latenes: 2h');
    await expect(loadPolicy(directory)).rejects.toThrow(PolicyError);
  });
});
