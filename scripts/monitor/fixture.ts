import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { countLines } from '#lib/collector/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import {
  type BatchCount,
  mergeSeries,
  type QuarantinedLine,
  type WindowSeries,
} from '#lib/telemetry/index.ts';
import { InputError, lastWindowEnd } from './command-input.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;
const NEWLINE = 0x0a;
const ANY_AGE_SECONDS = 1e12;
const SHOWN_QUARANTINE = 20;

/** A telemetry file counted by itself, without a database. `lastWindowEnd` is null when no line could be counted. */
export type Fixture = { series: WindowSeries[]; lastWindowEnd: Date | null };

/**
 * Counts an NDJSON file (plain or gzip) as the Collector would have when it was fresh: the age of an event is measured
 * from `now`, or from the end of the file's last window, so that old fixtures can be judged (ANA-5).
 * Lines that cannot be counted are reported on standard error. Errors: InputError when the file cannot be read.
 */
export async function countFixture(
  file: string,
  loaded: LoadedPolicy,
  now: Date | undefined,
  clock: Date,
): Promise<Fixture> {
  const { windowSeconds } = loaded.policy.cycle;
  const latest = now && now > clock ? now : clock;
  const ageless = {
    ...loaded.policy,
    telemetry: { ...loaded.policy.telemetry, maxAgeSeconds: ANY_AGE_SECONDS },
  };
  let counted = await countFile(file, { ...loaded, policy: ageless }, latest);
  const end = counted.maxTs === null ? null : endOf(new Date(counted.maxTs), windowSeconds);
  const asOf = now && end && now > end ? now : (end ?? now);
  const oldest = asOf && asOf.getTime() - loaded.policy.telemetry.maxAgeSeconds * 1000;
  // Only a file with events from before its own time is read twice.
  if (asOf && oldest !== undefined && counted.minTs !== null && Date.parse(counted.minTs) < oldest)
    counted = await countFile(file, loaded, asOf);
  report(file, counted);
  return { series: counted.series, lastWindowEnd: end };
}

function endOf(at: Date, windowSeconds: number): Date {
  return new Date(lastWindowEnd(at, windowSeconds).getTime() + windowSeconds * 1000);
}

type Counted = Pick<BatchCount, 'lineCount' | 'eventCount' | 'excludedCount' | 'quarantinedCount'> & {
  series: WindowSeries[];
  quarantine: QuarantinedLine[];
  minTs: string | null;
  maxTs: string | null;
};

async function countFile(file: string, loaded: LoadedPolicy, now: Date): Promise<Counted> {
  const total: Counted = {
    lineCount: 0,
    eventCount: 0,
    excludedCount: 0,
    quarantinedCount: 0,
    series: [],
    quarantine: [],
    minTs: null,
    maxTs: null,
  };
  const context = { policy: loaded.policy, catalogue: loaded.catalogue, now };
  let byteOffset = 0;
  for await (const lines of wholeLines(file)) {
    const part = countLines(lines, { byteOffset, lineNumber: total.lineCount + 1 }, context);
    byteOffset += lines.length;
    total.lineCount += part.lineCount;
    total.eventCount += part.eventCount;
    total.excludedCount += part.excludedCount;
    total.quarantinedCount += part.quarantinedCount;
    total.series = mergeSeries(total.series, part.series);
    total.quarantine.push(...part.quarantine.slice(0, SHOWN_QUARANTINE - total.quarantine.length));
    total.minTs = pick(total.minTs, part.minTs, (a, b) => a < b);
    total.maxTs = pick(total.maxTs, part.maxTs, (a, b) => a > b);
  }
  return total;
}

function pick(a: string | null, b: string | null, wins: (a: number, b: number) => boolean): string | null {
  if (a === null || b === null) return a ?? b;
  return wins(Date.parse(a), Date.parse(b)) ? a : b;
}

/** The file in pieces that end with a newline; the last may lack it. */
async function* wholeLines(file: string): AsyncGenerator<Buffer> {
  const raw = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  try {
    const stream = file.endsWith('.gz') ? raw.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : raw;
    if (stream !== raw) raw.once('error', (error) => stream.destroy(error));
    const held: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end > 0) yield Buffer.concat([...held.splice(0), chunk.subarray(0, end)]);
      if (end < chunk.length) held.push(chunk.subarray(end));
    }
    if (held.length > 0) yield Buffer.concat(held);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`cannot read ${file}: ${reason}`, { cause });
  } finally {
    raw.destroy();
  }
}

function report(file: string, counted: Counted): void {
  if (counted.quarantinedCount === 0) return;
  const lines = counted.quarantine.map(
    ({ lineNumber, reason, message }) => `${file}:${lineNumber}: ${reason}: ${message}\n`,
  );
  const more = counted.quarantinedCount - lines.length;
  process.stderr.write(
    `${counted.quarantinedCount} of ${counted.lineCount} lines were not counted:\n${lines.join('')}${more > 0 ? `… and ${more} more\n` : ''}`,
  );
}
