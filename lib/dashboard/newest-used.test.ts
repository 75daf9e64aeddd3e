import { expect, it } from 'vitest';
import { newestUsed } from './newest-used.ts';

it('keeps what was used last and lets go of the rest', () => {
  const memory = newestUsed<number>(2);
  memory.set('a', 1);
  memory.set('b', 2);
  expect(memory.get('a')).toBe(1);
  memory.set('c', 3);
  expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([1, undefined, 3]);
  memory.set('a', 4);
  memory.set('d', 5);
  expect([memory.get('a'), memory.get('c'), memory.get('d')]).toEqual([4, undefined, 5]);
});
