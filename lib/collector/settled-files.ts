/**
 * What this process has already read to the end: a file whose stamp and offset are unchanged needs no second look. Only a
 * memory that saves work; without it everything is looked at again and nothing counted twice (COL-2).
 */
const settled = new Map<string, { stamp: string; offsetBytes: number }>();

/** A source was read up to `offsetBytes`, its end, while its file had this stamp. */
export function settle(sourceId: string, stamp: string, offsetBytes: number): void {
  settled.set(sourceId, { stamp, offsetBytes });
}

/** The stamp with which a source was read to its end, and how far that was; undefined: it was not. */
export function settledAt(sourceId: string): { stamp: string; offsetBytes: number } | undefined {
  return settled.get(sourceId);
}

/** A source needs another look, however its file looks. */
export function unsettle(sourceId: string): void {
  settled.delete(sourceId);
}

/** Forgets what was read, as a restart does; nothing is counted twice for it. */
export const forgetSettledFiles = (): void => settled.clear();
