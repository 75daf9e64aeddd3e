import { expect, it } from 'vitest';
import { timelineGroups } from './timeline-groups.ts';

const entry = (id: string, kind: 'message' | 'comment', second: number, message = '') => ({
  id,
  at: new Date(Date.UTC(2026, 10, 21, 3, 0, second)).toISOString(),
  kind,
  actorId: 'system',
  actorName: 'Phasegate',
  details: { message },
});

it('puts the ways of one message into one row, and nothing else [INC-3]', () => {
  const rows = timelineGroups([
    entry('a', 'message', 0, 'rollback'),
    entry('b', 'message', 1, 'rollback'),
    entry('c', 'message', 2, 'promotion'),
    entry('d', 'comment', 3),
    entry('e', 'comment', 4),
    entry('f', 'message', 5, 'rollback'),
    entry('g', 'message', 70, 'rollback'),
  ]);
  expect(rows.map((row) => row.map(({ id }) => id).join(''))).toEqual(['ab', 'c', 'd', 'e', 'f', 'g']);
});
