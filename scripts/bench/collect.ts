import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { applyMigrations } from '#lib/database/server.ts';
import { generateEvents } from '#lib/telemetry/index.ts';
import { ensurePostgres } from '../machine/postgres.ts';
import { type Outcome, runContender } from './contender.ts';
import { type Bench, type BenchOptions, type Figure, median } from './figure.ts';

const WINDOW_MS = 15 * 60_000;
const PHASES = ['A-0', 'A-1', 'A-2', 'B-0', 'B-1', 'A', 'B', 'C'];
/** What the contenders answer before they are measured, as servers that run have done. */
const WARM_EVENTS = 200_000;
const CHUNK_CHARACTERS = 1 << 20;

/**
 * One 15-minute window of telemetry, end of file to stored verdict, against plain DuckDB, Node with zod, and PostgreSQL.
 * Every contender runs in its own process on the same file, in turns, so that a busy machine is busy for all of them.
 * Starting the process, connecting, and making the tables are not measured, for nobody; Phasegate and DuckDB have answered
 * for a smaller file before, as in a server that runs.
 */
export const collectBench: Bench = async (options) => {
  const { events, rounds, say } = options;
  const directory = await mkdtemp(join(tmpdir(), 'phasegate-bench-'));
  await chmod(directory, 0o755); // as root, the database server's own user must be able to read the file
  const postgres = await ensurePostgres({ dir: join(directory, 'server'), throwAway: true });
  try {
    const start = new Date(Math.floor(Date.now() / WINDOW_MS - 1) * WINDOW_MS);
    const now = new Date(start.getTime() + WINDOW_MS + 1000);
    say(`writing ${events.toLocaleString('en')} events`);
    const before = new Date(start.getTime() - WINDOW_MS);
    const warm = await writeWindow(join(directory, 'warm.jsonl'), Math.min(events, WARM_EVENTS), before);
    const large = await writeWindow(join(directory, 'large.jsonl'), events, start);
    const small = await writeWindow(join(directory, 'small.jsonl'), Math.ceil(events / 10), start);
    const phasegate = (file: string) =>
      inFreshDatabase(postgres.url, async (url) => {
        const root = await mkdtemp(join(directory, 'root-'));
        await mkdir(join(root, 'reports', 'canary'), { recursive: true });
        await link(warm.file, join(root, 'reports', 'canary', 'phase-warm.jsonl'));
        return runContender('phasegate', [root, file, start.toISOString(), now.toISOString()], {
          ...process.env,
          DATABASE_URL: url,
          TELEMETRY_ROOTS: root,
          LOG_LEVEL: 'silent',
        });
      });

    const ours: Outcome[] = [];
    const duckdb: Outcome[] = [];
    const zod: Outcome[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      ours.push(await phasegate(large.file));
      duckdb.push(await runContender('duckdb', [warm.file, large.file, String(large.lines)]));
      if (round <= Math.min(3, rounds)) zod.push(await runContender('node-zod', [large.file]));
      say(
        `round ${round}: ${describe('phasegate', ours)}, ${describe('duckdb', duckdb)}, ${describe('node+zod', zod)}`,
      );
    }
    const tenth = await phasegate(small.file);
    const copy = await inFreshDatabase(postgres.url, (url) =>
      runContender('postgres-copy', [large.file], { ...process.env, DATABASE_URL: url }),
    );
    say(
      `postgres copy ${seconds(copy.wallMs)}, phasegate with a tenth of the events ${seconds(tenth.wallMs)}`,
    );
    return figures(options, large.lines, { ours, duckdb, zod, copy, tenth });
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
};

type Outcomes = { ours: Outcome[]; duckdb: Outcome[]; zod: Outcome[]; copy: Outcome; tenth: Outcome };

function figures(
  { rounds }: BenchOptions,
  lines: number,
  { ours, duckdb, zod, copy, tenth }: Outcomes,
): Figure[] {
  const wall = (outcomes: readonly Outcome[]) => median(outcomes.map((outcome) => outcome.wallMs));
  const counted = Math.min(...ours.map((outcome) => outcome.events));
  if (counted !== lines) throw new Error(`counted ${counted} events of ${lines}`);
  const peak = Math.max(...ours.map((outcome) => outcome.peakRssMb));
  const exact = duckdb[0]?.p95ByPhase ?? {};
  const estimated = ours[0]?.p95ByPhase ?? {};
  const error = Math.max(
    ...Object.entries(exact).map(([phase, p95]) =>
      Math.abs((estimated[phase] ?? Number.POSITIVE_INFINITY) / p95 - 1),
    ),
  );
  const own = wall(ours);
  const of = (what: string) => `median of ${rounds}, ${what}`;
  return [
    {
      id: 'collect.seconds',
      value: own / 1000,
      unit: 's',
      reach: null,
      note: of('end of file to stored verdict'),
    },
    {
      id: 'collect.events_per_second',
      value: (lines / own) * 1000,
      unit: 'events/s',
      reach: null,
      note: of('end of file to stored verdict'),
    },
    {
      id: 'collect.vs_duckdb',
      value: own / wall(duckdb),
      unit: 'ratio',
      reach: { atMost: 1.6 },
      note: `our time over plain DuckDB's ${seconds(wall(duckdb))}`,
    },
    {
      id: 'collect.vs_node_zod',
      value: wall(zod) / own,
      unit: 'ratio',
      reach: { atLeast: 3 },
      note: `times faster than JSON.parse and zod, ${seconds(wall(zod))}`,
    },
    {
      id: 'collect.vs_postgres_copy',
      value: copy.wallMs / own,
      unit: 'ratio',
      reach: { atLeast: 10 },
      note: `times faster than COPY and percentile_cont, ${seconds(copy.wallMs)}`,
    },
    { id: 'collect.peak_rss_mb', value: peak, unit: 'MB', reach: { atMost: 600 }, note: 'worst round' },
    {
      id: 'collect.rss_growth',
      value: peak / tenth.peakRssMb,
      unit: 'ratio',
      reach: { atMost: 1.5 },
      note: `peak memory over that with a tenth of the events, ${Math.round(tenth.peakRssMb)} MB`,
    },
    {
      id: 'collect.p95_error',
      value: error,
      unit: 'ratio',
      reach: { atMost: 0.011 },
      note: "stored P95 against DuckDB's exact one, worst phase",
    },
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const describe = (name: string, outcomes: readonly Outcome[]): string =>
  `${name} ${seconds(outcomes.at(-1)?.wallMs ?? Number.NaN)}`;

/** Writes one window of the mission's mix. */
async function writeWindow(
  file: string,
  events: number,
  start: Date,
): Promise<{ file: string; lines: number }> {
  let lines = 0;
  function* pieces(): Generator<string> {
    let piece = '';
    const end = new Date(start.getTime() + WINDOW_MS);
    for (const line of generateEvents({
      seed: 1,
      start,
      end,
      eventsPerMinute: events / 15,
      phases: PHASES,
    })) {
      if (lines === events) break;
      piece += `${line}\n`;
      lines += 1;
      if (piece.length < CHUNK_CHARACTERS) continue;
      yield piece;
      piece = '';
    }
    yield piece;
  }
  await pipeline(Readable.from(pieces()), createWriteStream(file));
  return { file, lines };
}

/** Runs `work` with an empty, migrated database that is dropped afterwards. */
async function inFreshDatabase<T>(serverUrl: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `bench_${randomBytes(4).toString('hex')}`;
  const admin = new Client({ connectionString: serverUrl });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    await applyMigrations(url.href);
    const result = await work(url.href);
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    return result;
  } finally {
    await admin.end();
  }
}
