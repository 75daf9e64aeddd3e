import { expect, it } from 'vitest';
import { selectClaims } from './claim-selection.ts';

const item = (runId: string, functionId: string, ...concurrencyKeys: string[]) => ({
  runId,
  stepId: null,
  functionId,
  concurrencyKeys,
});
const limits: Record<string, { limit: number }[]> = {
  one: [{ limit: 1 }],
  two: [{ limit: 2 }, { limit: 1 }],
  free: [],
};
const select = (due: ReturnType<typeof item>[], busy: ReturnType<typeof item>[], free = 10) =>
  selectClaims(due, busy, (id) => limits[id] ?? [], free).map(({ runId }) => runId);

it('takes the oldest up to the limit of the function', () => {
  expect(select([item('a', 'one', ''), item('b', 'one', ''), item('c', 'free')], [])).toEqual(['a', 'c']);
});

it('counts what other runners are calling', () => {
  expect(select([item('a', 'one', '')], [item('z', 'one', '')])).toEqual([]);
});

it('holds every limit of a function, each by its own key', () => {
  const due = [
    item('a', 'two', '', 'x'),
    item('b', 'two', '', 'x'),
    item('c', 'two', '', 'y'),
    item('d', 'two', '', 'z'),
  ];
  expect(select(due, [])).toEqual(['a', 'c']);
});

it('never takes more than it has room for', () => {
  expect(select([item('a', 'free'), item('b', 'free')], [], 1)).toEqual(['a']);
});
