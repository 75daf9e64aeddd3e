import { verifiedRange } from './batch-identity.ts';
import { type Content, countNewlines, currentHashes, hashRange, prefixHashes } from './content.run.ts';
import { type FileSource, loadFirstRanges, loadRanges, loadRecentRanges } from './source.store.ts';

/** How much of a content was counted as `source`. `whole`: all that was counted of it is here, unchanged. */
export type ContentMatch = { source: FileSource; whole: boolean; endOffset: number; lineCount: number };

/** Whether a file known by its inode still begins with what was counted of it; looks at the newest ranges only. */
export async function holdsCounted(source: FileSource, content: Content): Promise<boolean> {
  if (content.sizeBytes < source.offsetBytes) return false;
  for (const range of await loadRecentRanges(source.id))
    if ((await hashRange(content, range.startOffset, range.endOffset)) !== range.sha256) return false;
  return true;
}

/** Compares a content with all that was counted of one source. */
export async function matchWith(source: FileSource, content: Content): Promise<ContentMatch> {
  const ranges = await loadRanges(source.id);
  const verified = verifiedRange(ranges, await currentHashes(content, ranges));
  return { source, whole: verified.endOffset === source.offsetBytes, ...verified };
}

/**
 * The known file whose counted lines this content repeats furthest: a rename, copy, rotation or gzip of it (COL-2).
 * Whole matches come first, of those the ones that nobody reads at the moment. Null: a content never seen.
 */
export async function findMatch(
  known: readonly FileSource[],
  content: Content,
  isRead: (source: FileSource) => boolean,
): Promise<ContentMatch | null> {
  const counted = known.filter((source) => source.offsetBytes > 0);
  if (counted.length === 0 || content.sizeBytes === 0) return null;
  const first = await loadFirstRanges();
  const ends = counted.flatMap((source) => first.get(source.id)?.endOffset ?? []);
  const hashes = await prefixHashes(content, ends);
  const matches: ContentMatch[] = [];
  for (const source of counted) {
    const range = first.get(source.id);
    if (range && hashes.get(range.endOffset) === range.sha256) matches.push(await matchWith(source, content));
  }
  const rank = (m: ContentMatch): number => (m.whole ? 2 : 0) + (isRead(m.source) ? 0 : 1);
  return matches.toSorted((a, b) => b.endOffset - a.endOffset || rank(b) - rank(a))[0] ?? null;
}

/** A range of a content that was counted elsewhere, as it is recorded. */
export async function countedElsewhere(content: Content, from: number, endOffset: number) {
  return {
    endOffset,
    lineCount: await countNewlines(content, from, endOffset),
    sha256: await hashRange(content, from, endOffset),
  };
}
