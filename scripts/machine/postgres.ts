import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { freePort } from './ports.ts';
import { executable } from './postgres-binaries.ts';
import { type PostgresHome, preparePostgresHome } from './postgres-home.ts';
import { isAlive, mark, type ProcessMark, signal, waitUntil } from './processes.ts';

const SUPERUSER = 'phasegate';
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 3_000;

// What this machine remembers about its cluster between starts.
const MemorySchema = z.strictObject({ port: z.int(), password: z.string() });
type Memory = z.infer<typeof MemorySchema>;

export type RunningPostgres = {
  /** Connection string of the application's database. */
  readonly url: string;
  readonly process: ProcessMark;
  /** True when a server left by an earlier start was still there and is used again. */
  readonly reused: boolean;
  readonly stop: () => Promise<void>;
};

export type PostgresOptions = {
  /** Folder of this instance, e.g. `.data/demo`; the cluster lies in its `postgres/` where permissions allow. */
  readonly dir: string;
  readonly database?: string;
  /** No durability: for tests, whose data nobody needs after a crash. */
  readonly throwAway?: boolean;
};

function addressOf(memory: Memory, database: string): string {
  return `postgresql://${SUPERUSER}:${memory.password}@127.0.0.1:${memory.port}/${database}`;
}

/**
 * Makes sure that the PostgreSQL of one instance runs, and returns how to reach and stop it. It listens on 127.0.0.1
 * only, with a random password, on a free port that is kept between starts. A server that an earlier, killed start
 * left behind is used again. Errors: what initdb or the server wrote, with the path of its log.
 */
export async function ensurePostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const database = options.database ?? 'phasegate';
  const home = await preparePostgresHome(options.dir);
  const memoryFile = join(options.dir, 'postgres.json');
  const remembered = await readMemory(memoryFile);
  const dataDir = join(home.dir, 'data');

  const leftover = leftoverServer(dataDir);
  if (leftover !== undefined && remembered !== undefined) {
    if (await answers({ ...remembered, port: leftover.port })) {
      return {
        url: addressOf({ ...remembered, port: leftover.port }, database),
        process: leftover.process,
        reused: true,
        stop: () => stopServer(leftover.process),
      };
    }
    await stopServer(leftover.process);
  }
  if (leftover === undefined) await rm(join(dataDir, 'postmaster.pid'), { force: true });

  const memory: Memory = {
    port: await freePort(remembered?.port),
    password: remembered?.password ?? randomBytes(18).toString('hex'),
  };
  if (!existsSync(dataDir)) await initialise(home, dataDir, memory.password);
  else if (remembered === undefined) {
    throw new Error(
      `${dataDir} holds a database, but its password file ${memoryFile} is gone; restore or remove both`,
    );
  }
  await writeFile(memoryFile, JSON.stringify(memory), { mode: 0o600 });
  const server = await startServer(home, dataDir, memory, options.throwAway === true);
  await ensureDatabase(memory, database);
  return { url: addressOf(memory, database), process: server, reused: false, stop: () => stopServer(server) };
}

async function readMemory(file: string): Promise<Memory | undefined> {
  if (!existsSync(file)) return undefined;
  return MemorySchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** The live server of this data folder according to its own lock file; undefined when the file is absent or stale. */
function leftoverServer(dataDir: string): { process: ProcessMark; port: number } | undefined {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid, dir, , port] = readFileSync(file, 'utf8').split('\n');
  const found = mark(Number(pid));
  if (found === undefined || dir !== dataDir) return undefined;
  // The id may belong to something else by now: only a command line with this folder is our server.
  const command = spawnSync('ps', ['-o', 'args=', '-p', String(found.pid)], { encoding: 'utf8' });
  const args = command.status === 0 ? command.stdout : readCommandLine(found.pid);
  return args.includes(dataDir) ? { process: found, port: Number(port) } : undefined;
}

function readCommandLine(pid: number): string {
  const file = `/proc/${pid}/cmdline`; // minimal systems have no ps
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ') : '';
}

async function answers(memory: Memory): Promise<boolean> {
  const client = new Client({
    connectionString: addressOf(memory, 'postgres'),
    connectionTimeoutMillis: 3_000,
  });
  client.on('error', () => undefined); // a connection cut during the probe is the answer "no", given below
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false; // not up yet, or not ours: the caller goes on asking or starts another
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function initialise(home: PostgresHome, dataDir: string, password: string): Promise<void> {
  // Built beside and moved into place: an interrupted first start leaves nothing that looks like a database.
  const partial = `${dataDir}.partial`;
  const passwordFile = join(home.dir, 'password.partial');
  await rm(partial, { recursive: true, force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (home.runAs) await chown(passwordFile, home.runAs.uid, home.runAs.gid);
  try {
    const run = spawnSync(
      executable(home.binaries, 'initdb'),
      [
        `--pgdata=${partial}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--locale=C',
        '--encoding=UTF8',
        '--no-sync',
      ],
      { ...home.runAs, cwd: home.dir, env: serverEnvironment(home), encoding: 'utf8' },
    );
    if (run.status !== 0) {
      throw new Error(`initdb failed: ${run.error?.message ?? (run.stderr.trim() || run.stdout.trim())}`);
    }
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(partial, dataDir);
}

function serverEnvironment(home: PostgresHome): NodeJS.ProcessEnv {
  return { NODE_ENV: 'production', LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin', HOME: home.dir };
}

async function startServer(
  home: PostgresHome,
  dataDir: string,
  memory: Memory,
  throwAway: boolean,
): Promise<ProcessMark> {
  const settings = [
    `port=${memory.port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=100',
    'timezone=UTC',
    'log_timezone=UTC',
    'wal_level=minimal',
    'max_wal_senders=0',
    ...(throwAway ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off'] : []),
  ];
  const logFile = join(home.dir, 'server.log');
  const output = openSync(logFile, 'w', 0o600);
  // Its own process group: Ctrl-C in the terminal must reach the supervisor only, which stops the database last.
  const child = spawn(
    executable(home.binaries, 'postgres'),
    ['-D', dataDir, ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...home.runAs,
      cwd: home.dir,
      env: serverEnvironment(home),
      detached: true,
      stdio: ['ignore', output, output],
    },
  );
  closeSync(output);
  let ended: string | undefined;
  child.on('error', (cause) => {
    ended = cause.message;
  });
  child.on('exit', (code, name) => {
    ended ??= `ended with ${code ?? name}`;
  });
  child.unref();
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await answers(memory))) {
    if (ended !== undefined || performance.now() > deadline) {
      if (child.pid !== undefined && ended === undefined) signal(child.pid, 'SIGQUIT');
      const tail = existsSync(logFile)
        ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n')
        : '';
      throw new Error(`PostgreSQL did not start (${ended ?? 'no answer'}); end of ${logFile}:\n${tail}`);
    }
    await sleep(50);
  }
  const server = child.pid === undefined ? undefined : mark(child.pid);
  if (server === undefined) throw new Error(`PostgreSQL ended right after its start, see ${logFile}`);
  return server;
}

async function ensureDatabase(memory: Memory, database: string): Promise<void> {
  const client = new Client({ connectionString: addressOf(memory, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

/** Ends a server: open sessions are cut and committed work is kept; the hard way after three seconds. */
export async function stopServer(server: ProcessMark): Promise<void> {
  for (const name of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isAlive(server)) return;
    signal(server.pid, name);
    if (await waitUntil(() => !isAlive(server), name === 'SIGINT' ? STOP_LIMIT_MS : 2_000)) return;
  }
  throw new Error(`PostgreSQL (process ${server.pid}) does not stop`);
}
