import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command, InvalidArgumentError } from 'commander';
import { BREACHABLE_METRICS, type GeneratorOptions, generateEvents } from '#lib/telemetry/index.ts';

const CHUNK_CHARACTERS = 1 << 20;
const MISSION_PHASES = 'A-0,A-1,A-2,B-0,B-1,A,B,C';

const positiveInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new InvalidArgumentError('expected a whole number above 0');
  return value;
};
const instant = (text: string): Date => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('expected a time such as 2026-11-21T09:00:00Z');
  return date;
};

/** Lines joined to pieces of about 1 MiB: one write per piece, and a slow disk slows the generator. */
function* pieces(options: GeneratorOptions, events: number): Generator<string> {
  let piece = '';
  let count = 0;
  for (const line of generateEvents(options)) {
    piece += `${line}\n`;
    count += 1;
    if (piece.length >= CHUNK_CHARACTERS) {
      yield piece;
      piece = '';
    }
    if (count === events) break;
  }
  yield piece;
}

const program = new Command('generate-telemetry')
  .description('Writes sample telemetry as NDJSON; the same options write the same bytes')
  .option('--events <n>', 'how many events', positiveInteger, 3_000_000)
  .option('--seed <n>', 'seed of the random numbers', positiveInteger, 20_261_121)
  .option('--start <ts>', 'first moment (default: the last full 15 minutes)', instant)
  .option('--end <ts>', 'moment after the last (default: 15 minutes after --start)', instant)
  .option('--phases <list>', 'phases, separated by commas', MISSION_PHASES)
  .option('--out <file>', 'file to write, gzip when it ends in .gz (default: standard output)')
  .option('--breach <metric>', `break one metric all the time: ${BREACHABLE_METRICS.join(', ')}`)
  .parse();

const given = program.opts<{
  events: number;
  seed: number;
  start?: Date;
  end?: Date;
  phases: string;
  out?: string;
  breach?: string;
}>();
const windowMs = 15 * 60_000;
const start = given.start ?? new Date(Math.floor(Date.now() / windowMs - 1) * windowMs);
const end = given.end ?? new Date(start.getTime() + windowMs);
if (given.breach !== undefined && !BREACHABLE_METRICS.includes(given.breach))
  program.error(`--breach ${given.breach}: known metrics are ${BREACHABLE_METRICS.join(', ')}`, {
    exitCode: 2,
  });
if (end <= start) program.error('--end must be after --start', { exitCode: 2 });

const source = Readable.from(
  pieces(
    {
      seed: given.seed,
      start,
      end,
      eventsPerMinute: (given.events / (end.getTime() - start.getTime())) * 60_000,
      phases: given.phases.split(',').map((phase) => phase.trim()),
      ...(given.breach === undefined ? {} : { breaches: [{ metric: given.breach, start, end }] }),
    },
    given.events,
  ),
);
if (given.out === undefined) await pipeline(source, process.stdout);
else {
  await mkdir(dirname(given.out), { recursive: true });
  const file = createWriteStream(given.out);
  await (given.out.endsWith('.gz') ? pipeline(source, createGzip(), file) : pipeline(source, file));
}
