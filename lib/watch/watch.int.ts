import { afterAll, beforeAll, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { recordJobFailure, watchCollector } from './server.ts';

const END = new Date('2026-11-21T10:15:00.000Z');
const after = (minutes: number) => new Date(END.getTime() + minutes * 60_000);

beforeAll(async () => {
  await testDatabase();
  await database().cycle.create({
    data: { windowStart: after(-15), windowEnd: END, origin: 'scheduled', state: 'collected' },
  });
});
afterAll(disconnectDatabase);

const actions = async () =>
  (await database().auditEntry.findMany({ orderBy: { seq: 'asc' } })).map(({ action }) => action);

it('records blindness once when it begins and sight once when it returns', async () => {
  expect(await watchCollector(after(20))).toEqual({ state: 'watching', change: null });
  expect(await watchCollector(after(21))).toEqual({ state: 'blind', change: 'collector.blind' });
  expect(await watchCollector(after(26))).toEqual({ state: 'blind', change: null });
  await database().cycle.create({
    data: { windowStart: END, windowEnd: after(15), origin: 'catch_up', state: 'collected' },
  });
  expect(await watchCollector(after(27))).toEqual({ state: 'watching', change: 'collector.sees_again' });
  expect(await watchCollector(after(28))).toEqual({ state: 'watching', change: null });
  expect(await actions()).toEqual(['collector.blind', 'collector.sees_again']);
});

it('records a job that has failed for good with its reason [OPS-18]', async () => {
  await recordJobFailure(
    { functionId: 'phasegate-collect-window', runId: 'r1', message: 'disk full' },
    after(30),
  );
  expect(await database().auditEntry.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
    action: 'job.failed',
    subject: 'job:phasegate-collect-window',
    reason: 'disk full',
    details: { runId: 'r1' },
  });
});
