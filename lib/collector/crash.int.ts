import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  expectedSeries,
  forgetTelemetry,
  NOW,
  saved,
  storedSeries,
  telemetryRoot,
} from '#scripts/test/telemetry-root.ts';
import { refresh } from './collect.run.ts';
import { storeHttpBatch } from './http-batch.store.ts';
import { forgetSettledFiles } from './settled-files.ts';

let site: Awaited<ReturnType<typeof telemetryRoot>>;
let databaseUrl = '';

beforeAll(async () => {
  databaseUrl = (await testDatabase()).url;
});
beforeEach(async () => {
  await forgetTelemetry();
  forgetSettledFiles();
  site = await telemetryRoot();
});
afterEach(() => site.remove());
afterAll(disconnectDatabase);

// Collects until it is killed; its first line says that it works.
const COLLECT_FOREVER = `
  import { refresh } from '#lib/collector/server.ts';
  process.stdout.write('ready');
  for (;;) await refresh(new Date('${NOW.toISOString()}'));`;

async function startCollector(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', COLLECT_FOREVER], {
    env: { ...process.env, DATABASE_URL: databaseUrl, TELEMETRY_ROOTS: site.root, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the collector ended with ${code}`))),
  ]);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const ROUNDS = 8;

describe('a collector that is killed', () => {
  it(`loses and repeats nothing over ${ROUNDS} kills of two collectors at random moments [COL-2]`, async () => {
    const lines: string[] = [];
    const next = (count: number): string => {
      const added = Array.from({ length: count }, (_, i) => saved(lines.length + i + 1));
      lines.push(...added);
      return added.map((line) => `${line}\n`).join('');
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const collectors = [await startCollector(), await startCollector()];
      for (let part = 0; part < 6; part += 1) {
        await appendFile(site.at('reports/canary/phase-a.jsonl'), next(400));
        await appendFile(site.at('logs/autosave/host.jsonl'), `${next(50)}broken ${round} ${part}\n`);
        await sleep(Math.random() * 40);
      }
      await writeFile(site.at(`logs/autosave/old-${round}.jsonl.gz`), gzipSync(next(300)));
      await sleep(Math.random() * 60);
      await Promise.all(collectors.map(kill));
      await rename(site.at('logs/autosave/host.jsonl'), site.at(`logs/autosave/host-${round}.jsonl`));
    }
    forgetSettledFiles();
    await refresh(NOW);
    expect(await storedSeries()).toEqual(await expectedSeries(lines));
    expect(await database().telemetryQuarantine.count()).toBe(ROUNDS * 6);
    const sums = await database().telemetryBatch.aggregate({
      _sum: { eventCount: true, quarantinedCount: true },
    });
    expect(sums._sum).toEqual({ eventCount: BigInt(lines.length), quarantinedCount: BigInt(ROUNDS * 6) });
  });

  it('lets collectors that start together change everything once [COL-2]', async () => {
    const lines = Array.from({ length: 900 }, (_, i) => saved(i + 1));
    await writeFile(site.at('reports/canary/phase-b.jsonl'), `${lines.join('\n')}\n`);
    const { policy } = await loadPolicy();
    const body = { content: Buffer.from(`${saved(9000)}\n`), sha256: 'of-content' };
    await storeHttpBatch(
      { keyId: 'key', name: 'editor' },
      body,
      { idempotencyKey: null, count: null },
      { policy, now: NOW },
    );
    const collectors = await Promise.all([startCollector(), startCollector()]);
    await refresh(NOW);
    await Promise.all(collectors.map(kill));
    await refresh(NOW);
    expect(await storedSeries()).toEqual(await expectedSeries([...lines, saved(9000)]));
    expect(await database().telemetryBatch.count({ where: { state: 'received' } })).toBe(0);
  });
});
