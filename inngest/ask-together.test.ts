import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { askTogether } from './ask-together.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const asked: string[][] = [];
beforeEach(() => {
  asked.length = 0;
});
const keep = async (things: ReadonlySet<string>) => {
  asked.push([...things]);
};

it('asks for the first at once and for the rest of the pause together', async () => {
  const name = askTogether(keep);
  for (const thing of ['a', 'b', 'c', 'b']) name(thing);
  expect(asked).toEqual([['a']]);
  await vi.advanceTimersByTimeAsync(249);
  expect(asked).toEqual([['a']]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual([['a'], ['b', 'c']]);
});

it('asks at once again after a quiet pause', async () => {
  const name = askTogether(keep);
  for (const thing of ['a', 'b', 'c']) {
    name(thing);
    expect(asked.at(-1)).toEqual([thing]);
    await vi.advanceTimersByTimeAsync(250);
  }
});

it('asks every two seconds where each answer causes the next question, and is quick again when that is over', async () => {
  let causing = true;
  const name: (thing: string) => void = askTogether(async (things) => {
    await keep(things);
    if (causing) name('itself');
  });
  name('itself');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBeLessThanOrEqual(4 + 30);
  causing = false;
  await vi.advanceTimersByTimeAsync(4_000);
  asked.length = 0;
  name('a');
  name('b');
  await vi.advanceTimersByTimeAsync(250);
  expect(asked).toEqual([['a'], ['b']]);
});

it('asks again for what could not be asked for, and for what came meanwhile', async () => {
  let failures = 2;
  const name = askTogether(async (things) => {
    await keep(things);
    if (failures-- > 0) throw new Error('the engine is down');
  });
  name('a');
  await vi.advanceTimersByTimeAsync(100);
  name('b');
  await vi.advanceTimersByTimeAsync(150 + 500);
  expect(asked).toEqual([['a'], ['b', 'a'], ['b', 'a']].map((things) => expect.arrayContaining(things)));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toHaveLength(3);
});

it('asks less and less often while nobody answers, at the end once a minute', async () => {
  const name = askTogether(async (things) => {
    await keep(things);
    throw new Error('the engine is down');
  });
  name('a');
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(asked.length).toBeGreaterThanOrEqual(10);
  expect(asked.length).toBeLessThanOrEqual(10 + 9);
});

it('asks again where nobody ever answers', async () => {
  let hangs = true;
  const name = askTogether(async (things) => {
    await keep(things);
    if (hangs) await new Promise(() => undefined);
  });
  name('a');
  await vi.advanceTimersByTimeAsync(14_000);
  hangs = false;
  name('b');
  expect(asked).toEqual([['a']]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked.slice(1).map((things) => things.toSorted())).toEqual([['a', 'b']]);
});
