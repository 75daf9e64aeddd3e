import { rm, symlink, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refresh, violationRecheck } from '#lib/collector/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { emptyTables } from '#scripts/test/database.ts';
import { climbedTo, from, ndjson, RESTORED, SAVED, times } from '#scripts/test/mission.ts';
import { forgetTelemetry, telemetryRoot } from '#scripts/test/telemetry-root.ts';
import { analyzeRange } from './server.ts';

const START = new Date('2026-11-24T02:45:00.000Z');
const END = new Date('2026-11-24T03:00:00.000Z');
const NOW = new Date('2026-11-24T03:07:30.000Z');
const A = 'reports/canary/phase-a1.jsonl';
const LATE = 'reports/canary/phase-a1-late.jsonl';
const BROKEN = '/proc/self/mem'; // opens, and its first byte gives EIO, whoever reads

let site: Awaited<ReturnType<typeof telemetryRoot>>;
const waited: number[] = [];

beforeAll(async () => {
  await climbedTo('A-1', new Date('2026-11-23T00:00:00.000Z'));
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  site = await telemetryRoot();
  await forgetTelemetry();
  await emptyTables('verdict', 'metric_reading');
  waited.length = 0;
});
afterEach(() => site.remove());

/** A window of A-1: quick saves, and restores of which so many fail. */
const restores = (good: number, bad: number): string => {
  const restored = { ...RESTORED, phase: 'A-1' };
  const events = [...times(good, restored), ...times(bad, { ...restored, success: false })];
  return ndjson(from('2026-11-24T02:50:00Z', [...times(300, SAVED), ...events]));
};
const recheck = (during: () => Promise<void> = async () => undefined) =>
  violationRecheck(
    () => NOW,
    async (ms) => {
      waited.push(ms);
      await during();
    },
  );
const analyze = (again = recheck()) => analyzeRange({ from: START, to: END }, again);
const verdicts = () =>
  database().verdict.findMany({ where: { rolloutId: 'autosave-merge' }, orderBy: { revision: 'asc' } });
const fedBack = () =>
  database().telemetryWindow.findMany({
    where: { event: 'analyzer.recheck.completed', field: '' },
    orderBy: { dims: 'asc' },
  });

describe('a violation', () => {
  it('is stored when it was judged again, at once where everything can be read, and fed back once [ANA-6]', async () => {
    await writeFile(site.at(A), restores(90, 10));
    await refresh(NOW);
    await analyze();
    expect(await verdicts()).toMatchObject([{ verdict: 'violation', rollbackRequired: true, revision: 1 }]);
    expect(waited).toEqual([]);
    await analyze();
    const events = await fedBack();
    expect(events).toMatchObject([{ rolloutId: 'autosave-merge', phase: 'A-1', count: 1n }]);
    expect(events[0]?.dims).toContain('confirmed');
    expect(events[0]?.windowStart).toEqual(END); // counted where it happened: it touches no judged window
  });

  it('never was one when what could not be read says otherwise: no verdict that acts is stored before [ANA-6] [COL-5]', async () => {
    await writeFile(site.at(A), restores(90, 10));
    await symlink(BROKEN, site.at(LATE));
    await refresh(NOW);
    await analyze(
      recheck(async () => {
        if (waited.length < 2) return;
        await rm(site.at(LATE));
        await writeFile(site.at(LATE), restores(3000, 0));
      }),
    );
    expect(waited).toEqual([500, 1000]);
    expect(await verdicts()).toMatchObject([{ verdict: 'pass', rollbackRequired: false, revision: 1 }]);
    expect((await fedBack())[0]?.dims).toContain('withdrawn');
  });

  it('is final after 0.5, 1 and 2 s with what there is: protection waits no longer than that [ANA-6] [ROL-3]', async () => {
    await writeFile(site.at(A), restores(90, 10));
    await symlink(BROKEN, site.at(LATE));
    await refresh(NOW);
    await analyze();
    expect(waited).toEqual([500, 1000, 2000]);
    expect(await verdicts()).toMatchObject([{ verdict: 'violation', rollbackRequired: true }]);
    const sums = await database().telemetryWindow.findMany({
      where: { event: 'analyzer.recheck.completed', field: { in: ['looks', 'unread'] } },
      orderBy: { field: 'asc' },
    });
    expect(sums.map(({ sum }) => sum)).toEqual([4, 1]);
  });

  it('waits for nothing that a person must repair [ANA-6] [COL-5]', async () => {
    await writeFile(site.at(A), restores(90, 10));
    await writeFile(site.at(`${LATE}.gz`), 'not gzip');
    await refresh(NOW);
    await analyze();
    expect(waited).toEqual([]);
  });
});

it('reads nothing again for windows that are not in violation [ANA-6]', async () => {
  await writeFile(site.at(A), restores(1000, 0));
  await refresh(NOW);
  let reads = 0;
  await analyzeRange(
    { from: START, to: END },
    {
      read: async () => {
        reads += 1;
        return { looks: 1, unread: 0 };
      },
      completed: async () => undefined,
    },
  );
  expect(reads).toBe(0);
  expect(await fedBack()).toEqual([]);
});
