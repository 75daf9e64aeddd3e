import { z } from 'zod';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 200;

/** Query fields of a list that is read page by page: `cursor` is what the page before answered as `nextCursor`. */
export const PageQuerySchema = z.object({
  cursor: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type PageQuery = z.infer<typeof PageQuerySchema>;

export type Page<T> = { items: T[]; nextCursor: string | null };

/**
 * Cuts a page out of rows that were read with `limit + 1`: the extra row says that there is more, and the last row kept
 * is where the next page continues.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { items: kept.map(itemOf), nextCursor: rows.length > limit && last ? cursorOf(last) : null };
}
