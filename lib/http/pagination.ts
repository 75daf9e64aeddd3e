import { z } from 'zod';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 200;

/** Query fields of a list of rows with time-ordered ids (UUIDv7) that is read page by page: `cursor` is what the page before answered as `nextCursor`. */
export const PageQuerySchema = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});

export type Page<T> = { items: T[]; nextCursor: string | null };

/**
 * Cuts a page out of rows that were read with `limit + 1`: the extra row says that there is more, and the last row kept
 * is where the next page continues.
 */
export function pageOf<Row extends { id: string }>(rows: readonly Row[], limit: number): Page<Row> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
