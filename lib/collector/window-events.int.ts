import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { compileEventRules, type EventRules } from '#lib/telemetry/index.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  EVENT_TIME,
  forgetTelemetry,
  NOW,
  saved,
  telemetryRoot,
  WINDOW_START,
} from '#scripts/test/telemetry-root.ts';
import { acceptHttpBatch, batchesWithin, readWindowEvents, refresh, windowCounts } from './server.ts';
import { forgetSettledFiles } from './settled-files.ts';

const FILE = 'reports/canary/phase-a.jsonl';
const WINDOW_END = new Date(WINDOW_START.getTime() + 900_000);
const NEXT = new Date(WINDOW_END.getTime() + 60_000);
const failed = (lease: string, at = EVENT_TIME): string =>
  JSON.stringify({
    ts: at.toISOString(),
    component: 'autosave',
    event: 'autosave.save.error',
    feature: 'autosave',
    phase: 'A-1',
    code: 'disk_full',
    retryable: false,
    lease_id: lease,
  });
const tried = (text: string): string => JSON.stringify({ ...(JSON.parse(text) as object), dry_run: true });
const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('');
const against = (event: string) => (event === 'autosave.save.error' ? ['save_error_rate'] : []);

let rules: EventRules;
let site: Awaited<ReturnType<typeof telemetryRoot>>;
beforeAll(async () => {
  await testDatabase();
  const { policy, catalogue } = await loadPolicy();
  rules = compileEventRules(policy, catalogue);
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  site = await telemetryRoot();
  await forgetTelemetry();
  forgetSettledFiles();
});
afterEach(() => site.remove());

const look = (limits?: { bytes: number; seconds: number }) =>
  readWindowEvents(
    { rolloutId: 'autosave-merge', from: WINDOW_START, to: WINDOW_END, rules, isClient: () => true, against },
    limits,
  );
const send = (body: string) => {
  const bytes = new TextEncoder().encode(body);
  return acceptHttpBatch({
    sender: { keyId: '01936f00-0000-7000-8000-000000000001', name: 'pg_test' },
    headers: new Headers({ 'content-type': 'application/x-ndjson' }),
    body: new Blob([bytes]).stream(),
    now: NOW,
  });
};

describe('the events behind a window', () => {
  it('are read again from the file with their lines: the slowest and the first failing of this window only [DASH-1]', async () => {
    const slow = Array.from({ length: 15 }, (_, i) => saved(100 + i));
    await writeFile(
      site.at(FILE),
      text(
        saved(9000, NEXT),
        ...slow,
        failed('later', new Date(EVENT_TIME.getTime() + 1000)),
        failed('x'),
        tried(saved(8000)),
      ),
    );
    await refresh(NEXT);
    const found = await look();
    expect(found.slowest.map(({ value, lineNumber }) => [value, lineNumber])).toEqual(
      Array.from({ length: 10 }, (_, i) => [114 - i, 16 - i]),
    );
    expect(found.slowest[0]).toMatchObject({
      field: 'duration_ms',
      sourceName: FILE,
      raw: saved(114),
      rawTruncated: false,
    });
    expect(found.failing.map(({ raw }) => raw)).toEqual([
      failed('x'),
      failed('later', new Date(EVENT_TIME.getTime() + 1000)),
    ]);
    expect(found).toMatchObject({ failingCount: 2, batchesLeftOut: false });
    // Fifteen saves and two errors; the dry run and the next window's event are no part of it.
    expect(found.reads).toMatchObject([{ outcome: 'whole', reason: null, events: 17 }]);
  });

  it('are read again from the bodies that were sent, until those are no longer kept [DASH-1]', async () => {
    await send(`${text(saved(10))}${saved(20)}`);
    const found = await look();
    expect(found.slowest.map(({ value }) => value)).toEqual([20, 10]);
    expect(found.reads).toMatchObject([{ outcome: 'whole', events: 2 }]);
    await database().telemetryBatchPayload.deleteMany();
    expect((await look()).reads).toMatchObject([{ outcome: 'not_read', reason: 'payload_gone' }]);
  });

  it('are found under another name of the file, and not taken from another file of the name [COL-2]', async () => {
    await writeFile(site.at(FILE), text(saved(10)));
    await refresh(NOW);
    await rename(site.at(FILE), site.at('reports/canary/phase-a.jsonl.1'));
    await writeFile(site.at(FILE), text(saved(77)));
    expect((await look()).slowest.map(({ value }) => value)).toEqual([10]);
    await rm(site.at('reports/canary/phase-a.jsonl.1'));
    expect(await look()).toMatchObject({
      slowest: [],
      reads: [{ outcome: 'not_read', reason: 'file_gone' }],
    });
  });

  it('are not shown of a content that has changed since it was counted [COL-2]', async () => {
    await writeFile(site.at(FILE), text(saved(10), saved(11)));
    await refresh(NOW);
    await writeFile(site.at(FILE), text(saved(10), saved(19)));
    expect(await look()).toMatchObject({
      slowest: [],
      reads: [{ outcome: 'not_read', reason: 'file_changed' }],
    });
    await writeFile(site.at(FILE), '');
    expect((await look()).reads).toMatchObject([{ outcome: 'not_read', reason: 'file_changed' }]);
  });

  it('come from packed files, and from the batches that follow each other in one [COL-1]', async () => {
    await writeFile(site.at('logs/autosave/old.jsonl.gz'), gzipSync(text(saved(30))));
    await writeFile(site.at(FILE), text(saved(10)));
    await refresh(NOW);
    await appendFile(site.at(FILE), text(saved(20)));
    await refresh(NOW);
    const found = await look();
    expect(found.slowest.map(({ value, lineNumber }) => [value, lineNumber])).toEqual([
      [30, 1],
      [20, 2],
      [10, 1],
    ]);
  });

  it('are read up to a limit, and what was left out is said [DASH-1]', async () => {
    const lines = text(...Array.from({ length: 50 }, (_, i) => saved(i + 1)));
    await writeFile(site.at(FILE), lines);
    await refresh(NOW);
    const found = await look({ bytes: 1000, seconds: 10 });
    expect(found.reads).toMatchObject([
      { outcome: 'part', reason: 'byte_limit', readBytes: 1000, byteCount: lines.length },
    ]);
    expect(found.slowest.length).toBeGreaterThan(0);
    expect((await look({ bytes: 1000, seconds: 0 })).reads).toMatchObject([
      { outcome: 'not_read', reason: 'time_limit' },
    ]);
  });

  it('are counted by event, dimension and tag, with the batches of exactly this window [DASH-1] [TEL-11]', async () => {
    await writeFile(site.at(FILE), text(saved(10), failed('x'), failed('y'), tried(saved(5))));
    await refresh(NOW);
    await send(text(saved(1, NEXT)));
    expect(await windowCounts('autosave-merge', WINDOW_START)).toMatchObject([
      { phase: 'A-1', tagSet: '', event: 'autosave.save.completed', count: 1 },
      {
        phase: 'A-1',
        tagSet: '',
        event: 'autosave.save.error',
        dims: { code: 'disk_full', retryable: false },
        count: 2,
      },
      { phase: 'A-1', tagSet: 'dry_run', event: 'autosave.save.completed', count: 1 },
    ]);
    const batches = await batchesWithin({ from: WINDOW_START, to: WINDOW_END, limit: 10 });
    expect(batches).toMatchObject([
      {
        sourceKind: 'file',
        sourceName: FILE,
        firstLine: 1,
        lineCount: 4,
        excludedCount: 1,
        state: 'counted',
      },
    ]);
  });
});
