import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { type InstanceName, instanceDir, type Runtime, resolveInstance, writeRuntime } from './instance.ts';
import { lockInstance } from './instance-lock.ts';
import { mark } from './processes.ts';
import { ensureSecrets } from './secrets.ts';

let dir = '';
const before = { ...process.env };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'phasegate-instance-'));
  process.env.PHASEGATE_DATA_DIR = dir;
  Reflect.deleteProperty(process.env, 'DATABASE_URL');
  forgetEnv();
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, before);
  forgetEnv();
});

const GONE = { pid: 4_194_000, startedAt: '1' };

async function write(name: InstanceName, changes: Partial<Runtime> = {}): Promise<void> {
  await writeRuntime({
    name,
    supervisor: mark(process.pid) ?? GONE,
    state: 'running',
    url: `http://${name}`,
    databaseUrl: `postgresql://localhost/${name}`,
    postgres: null,
    children: [],
    environment: { PHASEGATE_MODE: name },
    ...changes,
  });
}

describe('finding the running instance', () => {
  it('prefers DATABASE_URL, then a live instance, then a demo', async () => {
    await write('demo');
    expect(resolveInstance().name).toBe('demo');
    Reflect.deleteProperty(process.env, 'DATABASE_URL');
    await write('live');
    expect(resolveInstance()).toMatchObject({ name: 'live', databaseUrl: 'postgresql://localhost/live' });
    expect(process.env.DATABASE_URL).toBe('postgresql://localhost/live');
    process.env.DATABASE_URL = 'postgresql://elsewhere/db';
    expect(resolveInstance()).toMatchObject({
      name: 'environment',
      databaseUrl: 'postgresql://elsewhere/db',
    });
  });

  it('takes the named instance and no other', async () => {
    await write('live');
    expect(() => resolveInstance('demo')).toThrow(/no running demo instance.*npm run demo/);
    expect(() => resolveInstance('staging')).toThrow(/--instance must be demo or live/);
    await write('demo');
    expect(resolveInstance('demo').name).toBe('demo');
  });

  it('does not take what a killed or stopping instance left behind', async () => {
    await write('demo', { supervisor: GONE });
    await write('live', { state: 'stopping' });
    expect(() => resolveInstance()).toThrow(/no running Phasegate.*npm start or npm run demo/);
  });

  it('keeps what it writes about an instance to its owner', async () => {
    await write('demo');
    expect(statSync(join(instanceDir('demo'), 'runtime.json')).mode & 0o777).toBe(0o600);
  });
});

describe('the lock of an instance', () => {
  it('is held by one process; the second is told where the first runs', async () => {
    await write('demo');
    const unlock = await lockInstance('demo');
    await expect(lockInstance('demo')).rejects.toThrow(/already running at http:\/\/demo \(process \d+\)/);
    await unlock();
    await (await lockInstance('demo'))();
  });

  it('is taken over from a process that is gone', async () => {
    await (await lockInstance('demo'))();
    writeFileSync(join(instanceDir('demo'), 'lock.json'), JSON.stringify(GONE));
    await (await lockInstance('demo'))();
  });
});

describe('the secrets of an instance', () => {
  it('are made once, kept, and readable by their owner only', async () => {
    const first = await ensureSecrets(dir);
    expect(await ensureSecrets(dir)).toEqual(first);
    expect(statSync(join(dir, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(first.nextauthSecret.length).toBeGreaterThanOrEqual(32);
  });

  it('are never replaced when the file is damaged', async () => {
    writeFileSync(join(dir, 'secrets.json'), '{"nextauthSecret":"short"}');
    await expect(ensureSecrets(dir)).rejects.toThrow(/secrets\.json is not usable/);
    expect(readFileSync(join(dir, 'secrets.json'), 'utf8')).toContain('short');
  });
});
