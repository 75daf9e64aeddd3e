/** A counted run of bytes of a source, as stored: offsets are of the decompressed content. */
export type CountedRange = { startOffset: number; endOffset: number; sha256: string; lineAfter: number };

/**
 * How much of a content is known to be counted: the end of the longest chain of counted ranges from 0 whose bytes
 * are unchanged. `hashesByEnd` holds the SHA-256 the content has now for each range, keyed by its end.
 * 0 means another content; the source's own offset means the same content, whatever its name (COL-2).
 */
export function verifiedRange(
  ranges: readonly CountedRange[],
  hashesByEnd: ReadonlyMap<number, string>,
): { endOffset: number; lineCount: number } {
  let verified = { endOffset: 0, lineCount: 0 };
  for (const range of ranges.toSorted((a, b) => a.startOffset - b.startOffset)) {
    if (range.startOffset !== verified.endOffset || hashesByEnd.get(range.endOffset) !== range.sha256) break;
    verified = { endOffset: range.endOffset, lineCount: range.lineAfter };
  }
  return verified;
}
