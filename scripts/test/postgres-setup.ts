import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { applyMigrations } from '#lib/database/server.ts';
import { ensurePostgres } from '../machine/postgres.ts';
import { isAlive, mark, type ProcessMark } from '../machine/processes.ts';

const PREFIX = 'phasegate-test-postgres-';
const MEMORY = '/dev/shm';
/** A run leaves some hundred databases of 10 MiB until its end, and the log of what was written. */
const ROOM_BYTES = 6 * 2 ** 30;

/** In memory where there is plenty of it: making databases and tables is mostly making files. */
async function place(): Promise<string> {
  if (!existsSync(MEMORY) || process.availableMemory() < 2 * ROOM_BYTES) return tmpdir();
  const { bavail, bsize } = await statfs(MEMORY);
  return bavail * bsize < ROOM_BYTES ? tmpdir() : MEMORY;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the migrated template database; test files clone it. */
    templateDatabaseUrl: string;
  }
}

type Server = { url: string; discard: () => Promise<void> };
// One for all projects of the run: each calls setup and teardown.
let server: Promise<Server> | undefined;

/** Starts one throw-away PostgreSQL for the whole run and migrates the template that every test file clones. */
export async function setup(project: TestProject): Promise<void> {
  server ??= start();
  project.provide('templateDatabaseUrl', (await server).url);
}

async function start(): Promise<Server> {
  await removeAbandoned();
  const dir = await mkdtemp(join(await place(), PREFIX));
  await chmod(dir, 0o755); // as root, the server's unprivileged user must be able to enter
  await writeFile(join(dir, 'owner.json'), JSON.stringify(mark(process.pid)));
  const postgres = await ensurePostgres({ dir, database: 'template_phasegate', throwAway: true });
  await writeFile(join(dir, 'server.json'), JSON.stringify(postgres.process));
  await applyMigrations(postgres.url);
  const discard = async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url: postgres.url, discard };
}

export async function teardown(): Promise<void> {
  const started = await server;
  server = undefined;
  await started?.discard();
}

/** A killed test run cannot clean up; the next one does, for runs whose process is gone. */
async function removeAbandoned(): Promise<void> {
  const places = existsSync(MEMORY) ? [tmpdir(), MEMORY] : [tmpdir()];
  const entries = await Promise.all(
    places.map(async (each) => (await readdir(each)).map((name) => ({ name, dir: join(each, name) }))),
  );
  for (const { name, dir } of entries.flat()) {
    if (!name.startsWith(PREFIX)) continue;
    const owner = await readMark(join(dir, 'owner.json'));
    if (owner === undefined || isAlive(owner)) continue;
    const server = await readMark(join(dir, 'server.json'));
    if (server !== undefined && isAlive(server)) process.kill(server.pid, 'SIGQUIT');
    await rm(dir, { recursive: true, force: true });
  }
}

async function readMark(file: string): Promise<ProcessMark | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessMark;
  } catch {
    return undefined; // another run is just starting: its marks are not there yet
  }
}
