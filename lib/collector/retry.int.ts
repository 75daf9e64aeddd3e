import { appendFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  forgetTelemetry,
  NOW,
  saved,
  storedSeries,
  telemetryRoot,
  WINDOW_START,
} from '#scripts/test/telemetry-root.ts';
import { collectWindow, markCycle, refresh } from './collect.run.ts';
import { forgetSettledFiles } from './settled-files.ts';

const A = 'reports/canary/phase-a.jsonl';
const B = 'logs/autosave/b.jsonl';
/** A file of this system that opens and whose first byte cannot be read: EIO, whoever reads. */
const BROKEN = '/proc/self/mem';

let site: Awaited<ReturnType<typeof telemetryRoot>>;
const waited: number[] = [];

beforeAll(async () => {
  await testDatabase();
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  site = await telemetryRoot();
  await forgetTelemetry();
  forgetSettledFiles();
  waited.length = 0;
});
afterEach(() => site.remove());

/** Collects the window with a clock that does not wait; `during` happens in the pause of its number. */
const collect = (during: (pause: number) => Promise<void> = async () => undefined) =>
  collectWindow(WINDOW_START, NOW, async (ms) => {
    waited.push(ms);
    await during(waited.length);
  });
const sources = () =>
  database().telemetrySource.findMany({ where: { kind: 'file', state: 'active' }, orderBy: { name: 'asc' } });

describe('a file that cannot be read', () => {
  it('is looked at again after 0.5 and 1 s, and counted as soon as it can be read, once [COL-5] [COL-2]', async () => {
    await symlink(BROKEN, site.at(A));
    await writeFile(site.at(B), `${saved(2)}\n`);
    const report = await collect(async (pause) => {
      if (pause !== 2) return;
      await rm(site.at(A));
      await writeFile(site.at(A), `${saved(1)}\n`);
    });
    expect(waited).toEqual([500, 1000]);
    expect(report).toMatchObject({ looks: 3, events: 2, problems: [] });
    expect((await storedSeries()).find(({ field }) => field === '')?.count).toBe(2);
  });

  it('is looked at six times and then left to the next window, which looks once [COL-5]', async () => {
    await symlink(BROKEN, site.at(A));
    const report = await collect();
    expect(waited).toEqual([500, 1000, 2000, 4000, 8000]);
    expect(report).toMatchObject({ looks: 6, problems: [{ message: 'the disk reported a read error' }] });
    expect(await sources()).toMatchObject([
      { failure: 'EIO', failureRetryable: true, failingSince: NOW, failedLooks: 6, recoveredAt: null },
    ]);
    waited.length = 0;
    expect(await collect()).toMatchObject({ looks: 1 });
    expect(waited).toEqual([]);
  });

  it('is not waited for when a person must repair it, and holds up no other file [COL-5]', async () => {
    await writeFile(site.at(A), `${saved(1)}\n`);
    await writeFile(site.at(`${A}.gz`), 'not gzip');
    const report = await collect();
    expect(waited).toEqual([]);
    expect(report).toMatchObject({ looks: 1, events: 1 });
    expect((await sources()).find(({ name }) => name === `${A}.gz`)).toMatchObject({
      failure: 'NOT_GZIP',
      failureRetryable: false,
      failedLooks: 1,
    });
  });

  it('has all its tries again after it could be read meanwhile [COL-5]', async () => {
    await symlink(BROKEN, site.at(A));
    await collect();
    await rm(site.at(A));
    await refresh(NOW);
    await symlink(BROKEN, site.at(A));
    waited.length = 0;
    await collect();
    expect(waited).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it('costs the readings between the cycles no wait and no try [COL-5]', async () => {
    await symlink(BROKEN, site.at(A));
    await refresh(NOW);
    expect((await sources())[0]).toMatchObject({ failure: 'EIO', failedLooks: 0 });
  });

  it('has the windows it was missing in judged again once it can be read [COL-5] [COL-6]', async () => {
    await writeFile(site.at(A), `${saved(1)}\n`);
    await collect();
    await markCycle('analyze', WINDOW_START, NOW);
    await database().$executeRaw`UPDATE cycle SET analyzed_at = clock_timestamp() + interval '1 hour'`;
    await rename(site.at(A), site.at('kept'));
    await symlink(BROKEN, site.at(A));
    const before = new Date(WINDOW_START.getTime() + 60_000);
    await refresh(before);
    await rm(site.at(A));
    await rename(site.at('kept'), site.at(A));
    expect((await refresh(NOW)).touchedWindows).toEqual([]); // not judged since: recovered before that
    await database().$executeRaw`UPDATE cycle SET analyzed_at = clock_timestamp() - interval '1 hour'`;
    await database().$executeRaw`UPDATE telemetry_window SET updated_at = '2026-01-01'`;
    expect((await refresh(NOW)).touchedWindows).toEqual([WINDOW_START.toISOString()]);
  });
});

it('remembers of each file whose telemetry it holds [COL-5]', async () => {
  await writeFile(site.at(A), `${saved(1)}\n`);
  await refresh(NOW);
  await appendFile(site.at(A), `${saved(2)}\n`);
  await refresh(NOW);
  const [{ feeds } = { feeds: [] }] = await sources();
  expect(feeds.length).toBeGreaterThan(0);
  expect(new Set(feeds).size).toBe(feeds.length);
  for (const feed of feeds) expect(feed).toMatch(/^autosave(-merge)?\/[AB](-[012])?$/);
});
