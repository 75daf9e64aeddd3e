import { expect, it } from 'vitest';
import type { SloCounts } from './counts.ts';
import { readCached } from './counts-cache.run.ts';

const countsOf = (months: readonly string[]): SloCounts => ({
  days: [],
  dayParts: [],
  burnParts: [],
  attainmentMonths: [],
  monthWindows: [],
  months,
  coverage: { judgedWindows: 0, toldWindows: 0, phases: [], policyVersions: [] },
});

it('reads once for a key, also while others wait, and anew for another', async () => {
  let reads = 0;
  const read = async () => {
    reads += 1;
    return countsOf([String(reads)]);
  };
  const [a, b] = await Promise.all([readCached('once 1', read), readCached('once 1', read)]);
  expect([a.months, b.months, (await readCached('once 1', read)).months]).toEqual([['1'], ['1'], ['1']]);
  expect((await readCached('once 2', read)).months).toEqual(['2']);
});

it('forgets what could not be read', async () => {
  const broken = () => Promise.reject(new Error('no database'));
  await expect(readCached('broken', broken)).rejects.toThrow('no database');
  expect(await readCached('broken', async () => countsOf(['there']))).toMatchObject({ months: ['there'] });
});

it('keeps what is looked at, and drops the oldest of many', async () => {
  let reads = 0;
  const read = async () => {
    reads += 1;
    return countsOf([]);
  };
  await readCached('looked at', read);
  await readCached('left alone', read);
  for (let i = 0; i < 63; i += 1) {
    await readCached(`other ${i}`, read);
    await readCached('looked at', read);
  }
  expect(reads).toBe(65);
  await readCached('left alone', read);
  expect(reads).toBe(66);
});
