import { appendFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  expectedSeries,
  forgetTelemetry,
  NOW,
  saved,
  storedSeries,
  telemetryRoot,
  WINDOW_START,
} from '#scripts/test/telemetry-root.ts';
import {
  acceptHttpBatch,
  collectorHealth,
  collectWindow,
  pauseMark,
  planCycles,
  refresh,
  unlessPaused,
  warnOfLongPause,
} from './server.ts';

const sender = { keyId: '01936f00-0000-7000-8000-000000000001', name: 'pg_test' };
const lines = (from: number, count: number) => Array.from({ length: count }, (_, n) => saved(from + n));
const body = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

let root: Awaited<ReturnType<typeof telemetryRoot>>;
beforeAll(async () => {
  await testDatabase();
  root = await telemetryRoot();
});
afterAll(async () => {
  await disconnectDatabase();
  await root.remove();
});
beforeEach(async () => {
  await forgetTelemetry();
  await database().stopOrder.deleteMany();
});

async function pause(orderedAt: Date, endsAt: Date | null = null): Promise<string> {
  const order = { kind: 'collection', scope: '*', reason: 'maintenance', trigger: 'button' };
  const { id } = await database().stopOrder.create({
    data: { ...order, personId: 'p', personName: 'Sre', orderedAt, endsAt },
  });
  return id;
}
const resume = (id: string, at: Date) =>
  database().stopOrder.update({ where: { id }, data: { endedAt: at } });

const send = (texts: readonly string[]) => {
  const bytes = new TextEncoder().encode(body(texts));
  return acceptHttpBatch({
    sender,
    headers: new Headers({ 'content-type': 'application/x-ndjson', 'content-length': String(bytes.length) }),
    body: new Blob([bytes]).stream(),
    now: NOW,
  });
};

it('reads nothing while it is paused and counts all of it exactly once afterwards, files and HTTP [COL-9] [COL-2]', async () => {
  const file = root.at('reports/canary/phase-a1.jsonl');
  const [before, meanwhile, sent, after] = [lines(1, 5), lines(100, 7), lines(200, 11), lines(300, 3)];
  await writeFile(file, body(before));
  expect(await refresh(NOW)).toMatchObject({ events: 5 });
  const id = await pause(NOW);
  await appendFile(file, body(meanwhile));
  expect(await send(sent)).toMatchObject({ state: 'received' });
  expect(await send(sent)).toMatchObject({ state: 'received', duplicate: true });
  expect(await refresh(NOW)).toMatchObject({ events: 0, problems: [] });
  expect(await storedSeries()).toEqual(await expectedSeries(before));
  await resume(id, NOW);
  await appendFile(file, body(after));
  const [first, second] = await Promise.all([refresh(NOW), refresh(NOW)]);
  expect(first.events + second.events).toBe(21);
  expect(await refresh(NOW)).toMatchObject({ events: 0 });
  expect(await storedSeries()).toEqual(await expectedSeries([...before, ...meanwhile, ...sent, ...after]));
});

it('closes no window while it is paused; afterwards it makes up for all of them and calls none of it slow [COL-9] [TEL-7]', async () => {
  await writeFile(root.at('reports/canary/phase-a1.jsonl'), body(lines(1, 5)));
  await refresh(NOW);
  const onTime = new Date('2026-11-21T10:15:10.000Z');
  expect((await planCycles(onTime)).map(({ state }) => state)).toEqual(['due']);
  await database().cycle.updateMany({ data: { origin: 'scheduled' } });
  const mark = await pauseMark();
  const id = await pause(onTime);
  expect(await planCycles(later(3719))).toEqual([]);
  await expect(collectWindow(WINDOW_START, NOW)).rejects.toMatchObject({ reason: 'collection_paused' });
  expect(await unlessPaused(() => collectWindow(WINDOW_START, NOW))).toBeNull();
  await resume(id, later(3719));
  expect(await pauseMark()).not.toBe(mark);
  const due = await planCycles(later(3720));
  expect(due.map(({ origin, state }) => [origin, state])).toEqual(
    Array.from({ length: 5 }, () => ['catch_up', 'due']),
  );
  for (const { windowStart } of due)
    expect(await collectWindow(windowStart, later(3720))).toMatchObject({ missedDeadline: false });
  expect(await database().telemetryWindow.count({ where: { event: { startsWith: 'collector.' } } })).toBe(0);
  expect(await storedSeries()).toEqual(await expectedSeries(lines(1, 5)));
});

it('goes on by itself when its time is over [COL-9]', async () => {
  await writeFile(root.at('reports/canary/phase-a1.jsonl'), body(lines(1, 5)));
  await pause(NOW, later(60));
  expect(await refresh(later(59))).toMatchObject({ events: 0 });
  expect(await refresh(later(60))).toMatchObject({ events: 5 });
});

it('warns once when it is longer than 5 minutes, and calls itself blind, not healthy [COL-9]', async () => {
  await database().cycle.create({
    data: { windowStart: WINDOW_START, windowEnd: NOW, origin: 'scheduled', state: 'collected' },
  });
  await pause(NOW);
  expect(await warnOfLongPause(later(300))).toBe(false);
  expect(await collectorHealth(later(300))).toMatchObject({
    state: 'watching',
    pausedSince: NOW.toISOString(),
  });
  expect(await Promise.all([warnOfLongPause(later(301)), warnOfLongPause(later(301))])).toContain(true);
  expect(await warnOfLongPause(later(900))).toBe(false);
  expect(await collectorHealth(later(301))).toMatchObject({ state: 'blind', blind: true });
  expect(await database().auditEntry.findMany({ where: { action: 'collector.paused_long' } })).toMatchObject([
    { reason: 'maintenance', details: { by: 'Sre', warnAfterSeconds: 300 } },
  ]);
});
