import { describe, expect, it } from 'vitest';
import { PageQuerySchema, pageOf } from './pagination.ts';

const rows = ['c', 'b', 'a'].map((id) => ({ id }));

describe('a page', () => {
  it('continues behind its last row when there is more', () => {
    expect(pageOf(rows, 2)).toEqual({ items: [{ id: 'c' }, { id: 'b' }], nextCursor: 'b' });
  });

  it('is the last one when the rows are all there', () => {
    expect(pageOf(rows, 3)).toEqual({ items: rows, nextCursor: null });
    expect(pageOf([], 3)).toEqual({ items: [], nextCursor: null });
  });

  it('has 50 rows unless told otherwise, and never more than 200', () => {
    expect(PageQuerySchema.parse({}).limit).toBe(50);
    expect(PageQuerySchema.parse({ limit: '200' }).limit).toBe(200);
    for (const query of [{ limit: '201' }, { limit: '0' }, { limit: 'x' }, { cursor: 'x' }, { page: '2' }])
      expect(PageQuerySchema.safeParse(query).success).toBe(false);
  });
});
