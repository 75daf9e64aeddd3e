import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { PATIENCE_MS } from '#scripts/test/patience.ts';
import { ensurePostgres, type RunningPostgres } from './postgres.ts';
import { preparePostgresHome } from './postgres-home.ts';
import { isAlive, signal, waitUntil } from './processes.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(mode: number): string {
  const dir = mkdtempSync(join(tmpdir(), 'phasegate-machine-'));
  chmodSync(dir, mode);
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dir: string): Promise<RunningPostgres> {
  const postgres = await ensurePostgres({ dir, throwAway: true });
  cleanups.push(() => postgres.stop());
  return postgres;
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('PostgreSQL of an instance', () => {
  it('keeps its data and its port from one start to the next', async () => {
    const dir = folder(0o755);
    const first = await start(dir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
    await first.stop();
    expect(isAlive(first.process)).toBe(false);
    const second = await start(dir);
    expect(second.url).toBe(first.url);
    expect(second.reused).toBe(false);
    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
  });

  it('uses the server again that a killed supervisor left behind', async () => {
    const dir = folder(0o755);
    const first = await start(dir);
    const second = await start(dir);
    expect(second.reused).toBe(true);
    expect(second.process).toEqual(first.process);
  });

  it('starts again after the server itself was killed', async () => {
    const dir = folder(0o755);
    const first = await start(dir);
    signal(first.process.pid, 'SIGKILL');
    expect(await waitUntil(() => !isAlive(first.process), PATIENCE_MS)).toBe(true);
    const second = await start(dir);
    expect(second.reused).toBe(false);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses connections without its password', async () => {
    const address = new URL((await start(folder(0o755))).url);
    address.password = 'guess';
    await expect(query(address.href, 'SELECT 1')).rejects.toThrow(/password/);
  });

  it.runIf(process.getuid?.() === 0)(
    'as root, in a folder nobody else may enter: lies elsewhere and leaves its permissions alone',
    async () => {
      const closed = folder(0o700);
      const home = await preparePostgresHome(closed);
      cleanups.push(() => rmSync(join(home.dir, '..'), { recursive: true, force: true }));
      expect(home.dir.startsWith(await realpath(closed))).toBe(false);
      expect(home.runAs?.uid).toBeGreaterThan(0);
      const postgres = await start(closed);
      expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(statSync(closed).mode & 0o777).toBe(0o700);
    },
  );
});
