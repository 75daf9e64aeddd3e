import { afterAll, beforeAll, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { pruneHistory } from './ticks.store.ts';

beforeAll(async () => {
  await testDatabase();
});
afterAll(disconnectDatabase);

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

it('forgets runs that ended long ago and their events, and nothing that is unfinished', async () => {
  const runs = [
    { eventId: 'old', state: 'completed', endedAt: daysAgo(31) },
    { eventId: 'new', state: 'failed', endedAt: daysAgo(29) },
    { eventId: 'open', state: 'waiting', endedAt: null },
  ];
  for (const run of runs) {
    await database().jobEvent.create({
      data: { id: run.eventId, name: 'test/go', event: {}, receivedAt: daysAgo(40) },
    });
    await database().jobRun.create({
      data: {
        functionId: 'f',
        event: {},
        ...run,
        steps: { create: { stepId: 's', name: 's', op: 'StepRun', state: 'completed' } },
      },
    });
  }
  await pruneHistory(30);
  const left = await database().jobRun.findMany({ orderBy: { seq: 'asc' }, include: { steps: true } });
  expect(left.map(({ eventId, steps }) => [eventId, steps.length])).toEqual([
    ['new', 1],
    ['open', 1],
  ]);
  expect((await database().jobEvent.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id)).toEqual([
    'new',
    'open',
  ]);
});
