import type { BatchCount } from '#lib/telemetry/index.ts';
import { byteOrderMarkLength } from './byte-order-mark.ts';
import { type CountContext, rulesOf } from './compiled-rules.ts';
import { combineTallies, LineTally } from './line-tally.ts';
import { QuarantineLog } from './quarantine-log.ts';

/** Where a run of lines begins in its source: byte offset of the (decompressed) content, line number from 1. */
export type LinePlace = { byteOffset: number; lineNumber: number };

/**
 * Counts whole NDJSON lines that are in memory (HTTP bodies, tails of files): every line ends up as an event, in
 * quarantine or as blank (TEL-10). The last newline may be missing. Pure; never throws for what a line holds.
 */
export function countLines(bytes: Uint8Array, start: LinePlace, ctx: CountContext): BatchCount {
  const rules = rulesOf(ctx);
  const tally = new LineTally(rules, ctx.now.getTime());
  const refused = new QuarantineLog();
  const from = byteOrderMarkLength(bytes, start.byteOffset);
  tally.add(bytes, from, bytes.length, { ...start, byteOffset: start.byteOffset + from }, refused);
  return combineTallies(rules, [tally.finish()], refused);
}
